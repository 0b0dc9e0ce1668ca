package dev.meridian.routes.health;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.upstream.Endpoint;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpMethod;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import reactor.netty.tcp.TcpClient;

/**
 * Checks over Reactor Netty's clients, on a pool of their own that keeps a connection to each endpoint, and more only
 * while several upstreams check the same address at the same time: none must wait for another, or fail by it.
 */
final class ReactorProber implements Prober, AutoCloseable {

    private static final int MOST_KINDS = 1000;
    /** To one address. */
    private static final int MOST_CONNECTIONS = 256;

    private final ConnectionProvider connections = ConnectionProvider.builder("meridian-health")
            .maxConnections(MOST_CONNECTIONS)
            .pendingAcquireMaxCount(-1)
            .lifo()
            .maxIdleTime(Duration.ofSeconds(30))
            .maxLifeTime(Duration.ofMinutes(5))
            .evictInBackground(Duration.ofSeconds(10))
            .build();
    private final LoopResources loops;
    private final @Nullable SslProvider tls;
    private final LongSupplier ticker;
    private final Map<Kind, HttpClient> clients = new ConcurrentHashMap<>();

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
        return check.type() == HealthCheckDefinition.Type.TCP
                ? connect(endpoint, check, port)
                : ask(endpoint, check, port, protocol);
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
                })
                .timeout(
                        check.timeout(),
                        Mono.just(Probe.unreached("no connection in " + millis(check))
                                .tooLate()))
                .onErrorResume(e -> Mono.just(failure(e)));
    }

    private Mono<Probe> ask(Endpoint endpoint, HealthCheckDefinition check, int port, Protocol protocol) {
        return Mono.defer(() -> {
            AtomicLong sent = new AtomicLong();
            String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
            return client(new Kind(check, protocol))
                    .doAfterRequest((request, connection) -> sent.set(ticker.getAsLong()))
                    .request(HttpMethod.valueOf(check.method()))
                    .uri(endpoint.scheme() + "://" + host + ":" + port + check.path())
                    .responseSingle((response, body) -> {
                        int status = response.status().code();
                        long taken = sent.get() == 0 ? 0 : ticker.getAsLong() - sent.get();
                        Probe probe = StatusRange.anyContains(check.expectedStatus(), status)
                                ? Probe.passed(taken)
                                : Probe.failed("status " + status);
                        return body.then(Mono.just(probe));
                    })
                    // What was never sent had no connection to be sent over.
                    .timeout(
                            check.timeout(),
                            Mono.fromSupplier(() -> sent.get() == 0
                                    ? Probe.unreached("no connection in " + millis(check))
                                            .tooLate()
                                    : Probe.failed("no answer in " + millis(check))
                                            .tooLate()))
                    .onErrorResume(e -> Mono.just(failure(e)));
        });
    }

    private static String millis(HealthCheckDefinition check) {
        return check.timeout().toMillis() + " ms";
    }

    private HttpClient client(Kind kind) {
        HttpClient known = clients.get(kind);
        if (known == null) {
            if (clients.size() >= MOST_KINDS) {
                clients.clear(); // many refreshes later: those in use are made again
            }
            known = clients.computeIfAbsent(kind, this::newClient);
        }
        return known;
    }

    private HttpClient newClient(Kind kind) {
        HealthCheckDefinition check = kind.check();
        HttpClient client = HttpClient.create(connections)
                .runOn(loops)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                        check.timeout().toMillis())
                .headers(headers -> {
                    headers.set("user-agent", "meridian-health");
                    check.headers().forEach(headers::set);
                })
                .protocol(
                        switch (kind.protocol()) {
                            case HTTP1 -> HttpProtocol.HTTP11;
                            case H2 -> HttpProtocol.H2;
                            case H2C -> HttpProtocol.H2C;
                        });
        return tls == null ? client : client.secure(tls);
    }

    /** Checks that are made alike, by one client: setting one up costs more than a check. */
    private record Kind(HealthCheckDefinition check, Protocol protocol) {}

    private static Probe failure(Throwable e) {
        boolean unreached = e instanceof ConnectException
                || e.getCause() instanceof ConnectException
                || e instanceof NoRouteToHostException
                || e instanceof java.net.UnknownHostException;
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return unreached ? Probe.unreached(reason) : Probe.failed(reason);
    }

    @Override
    public void close() {
        connections.dispose();
    }
}
