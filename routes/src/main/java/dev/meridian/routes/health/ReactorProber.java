package dev.meridian.routes.health;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.upstream.Endpoint;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpMethod;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpClient;

/** Checks over Reactor Netty's clients, on a pool of their own that keeps one connection to each endpoint. */
final class ReactorProber implements Prober, AutoCloseable {

    private final ConnectionProvider connections = ConnectionProvider.builder("meridian-health")
            .maxConnections(1)
            .pendingAcquireMaxCount(1)
            .maxIdleTime(Duration.ofSeconds(30))
            .maxLifeTime(Duration.ofMinutes(5))
            .evictInBackground(Duration.ofSeconds(10))
            .build();
    private final LoopResources loops;
    private final @Nullable SslProvider tls;
    private final LongSupplier ticker;
    private final Map<Protocol, HttpClient> clients = new ConcurrentHashMap<>();

    /** @param tls how HTTPS endpoints are trusted; {@code null} for the JVM's defaults */
    ReactorProber(LoopResources loops, @Nullable SslProvider tls, LongSupplier ticker) {
        this.loops = loops;
        this.tls = tls;
        this.ticker = ticker;
    }

    @Override
    public Mono<Probe> probe(Endpoint endpoint, HealthCheckDefinition check, Protocol protocol) {
        Integer other = check.port();
        int port = other == null ? endpoint.port() : other;
        Mono<Probe> probe = check.type() == HealthCheckDefinition.Type.TCP
                ? connect(endpoint, check, port)
                : ask(endpoint, check, port, protocol);
        return probe.timeout(
                        check.timeout(),
                        Mono.just(Probe.failed("no answer in " + check.timeout().toMillis() + " ms")))
                .onErrorResume(e -> Mono.just(failure(e)));
    }

    private Mono<Probe> connect(Endpoint endpoint, HealthCheckDefinition check, int port) {
        return TcpClient.newConnection()
                .runOn(loops)
                .host(endpoint.host())
                .port(port)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        check.timeout().toMillis())
                .connect()
                .map(connection -> {
                    connection.dispose();
                    return Probe.passed(0);
                });
    }

    private Mono<Probe> ask(Endpoint endpoint, HealthCheckDefinition check, int port, Protocol protocol) {
        return Mono.defer(() -> {
            long[] sent = new long[1];
            String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
            return client(protocol)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                            check.timeout().toMillis())
                    .headers(headers -> {
                        headers.set("user-agent", "meridian-health");
                        check.headers().forEach(headers::set);
                    })
                    .doAfterRequest((request, connection) -> sent[0] = ticker.getAsLong())
                    .request(HttpMethod.valueOf(check.method()))
                    .uri(endpoint.scheme() + "://" + host + ":" + port + check.path())
                    .responseSingle((response, body) -> {
                        int status = response.status().code();
                        long taken = sent[0] == 0 ? 0 : ticker.getAsLong() - sent[0];
                        Probe probe = expected(check, status) ? Probe.passed(taken) : Probe.failed("status " + status);
                        return body.then(Mono.just(probe));
                    });
        });
    }

    private static boolean expected(HealthCheckDefinition check, int status) {
        for (StatusRange range : check.expectedStatus()) {
            if (range.contains(status)) {
                return true;
            }
        }
        return false;
    }

    private HttpClient client(Protocol protocol) {
        return clients.computeIfAbsent(protocol, key -> {
            HttpClient client = HttpClient.create(connections)
                    .runOn(loops)
                    .protocol(
                            switch (key) {
                                case HTTP1 -> HttpProtocol.HTTP11;
                                case H2 -> HttpProtocol.H2;
                                case H2C -> HttpProtocol.H2C;
                            });
            return tls == null ? client : client.secure(tls);
        });
    }

    private static Probe failure(Throwable e) {
        boolean unreached = e instanceof ConnectException
                || e.getCause() instanceof ConnectException
                || e instanceof java.net.UnknownHostException;
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return unreached ? Probe.unreached(reason) : Probe.failed(reason);
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
