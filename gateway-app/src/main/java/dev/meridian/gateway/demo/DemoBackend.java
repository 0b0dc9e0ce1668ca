package dev.meridian.gateway.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/**
 * One HTTP backend on a free port of the loopback interface. It answers any request with a {@link DemoAnswer}, beside
 * {@code /events}, {@code /slow} and {@code /status/CODE}.
 */
final class DemoBackend {

    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final Duration EVENT_INTERVAL = Duration.ofMillis(500);
    private static final int EVENTS = 10;
    /** Of the latency, up and down: answers of one backend differ as they do on a network. */
    private static final double JITTER = 0.2;

    private static final Duration STOP = Duration.ofSeconds(3);

    private final JsonMapper json = JsonMapper.shared();
    private final Region region;
    private final String name;
    private final RandomGenerator random;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final HttpServer setup;
    private final int port;
    private DisposableServer server;

    /** Starts it; the server listens when the constructor returns. */
    DemoBackend(Region region, String name, LoopResources loops, RandomGenerator random) {
        this.region = region;
        this.name = name;
        this.random = random;
        this.setup = HttpServer.create()
                .host("127.0.0.1")
                .runOn(loops)
                .doOnConnection(connection -> connections.add(connection.channel()))
                .route(this::routes);
        this.server = setup.port(0).bindNow();
        this.port = server.port();
    }

    Region region() {
        return region;
    }

    /** Unique within the region. */
    String name() {
        return name;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Dies like a process does: nobody listens any more, and every connection is cut. */
    synchronized void stop() {
        server.disposeNow(STOP);
        connections.close();
    }

    /** Comes back on the port that it had. */
    synchronized void comeBack() {
        if (server.isDisposed()) {
            server = setup.port(port).bindNow();
        }
    }

    private void routes(HttpServerRoutes routes) {
        routes.get("/events", this::events)
                .route(request -> request.fullPath().equals("/slow"), (in, out) -> answer(in, out, 200, SLOW))
                .route(
                        request -> status(request.fullPath()) > 0,
                        (in, out) -> answer(in, out, status(in.fullPath()), latency()))
                .route(request -> true, (in, out) -> answer(in, out, 200, latency()));
    }

    /** The code that {@code /status/CODE} asks for; 0 for any other path and for what can be no final status. */
    private static int status(String path) {
        return path.matches("/status/[2-5]\\d\\d") ? Integer.parseInt(path.substring("/status/".length())) : 0;
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, int status, Duration delay) {
        return request.receive()
                .reduceWith(ReceivedBody::new, ReceivedBody::add)
                .delayElement(delay)
                .flatMap(body -> send(request, response.status(status), body));
    }

    private Mono<Void> send(HttpServerRequest request, HttpServerResponse response, ReceivedBody received) {
        int status = response.status().code();
        if (status == 204 || status == 205 || status == 304) {
            return response.send();
        }
        byte[] body = json.writeValueAsBytes(new DemoAnswer(
                region.name(),
                name,
                request.method().name(),
                request.uri(),
                headers(request),
                received.bytes(),
                received.beginning(),
                Instant.now().toString()));
        response.header(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
        return HttpMethod.HEAD.equals(request.method())
                ? response.send()
                : response.sendByteArray(Mono.just(body)).then();
    }

    private static SortedMap<String, String> headers(HttpServerRequest request) {
        SortedMap<String, String> headers = new TreeMap<>();
        for (Map.Entry<String, String> header : request.requestHeaders()) {
            headers.merge(header.getKey().toLowerCase(Locale.ROOT), header.getValue(), (one, two) -> one + ", " + two);
        }
        return headers;
    }

    private Publisher<Void> events(HttpServerRequest request, HttpServerResponse response) {
        Flux<ByteBuf> events = Flux.interval(Duration.ZERO, EVENT_INTERVAL)
                .take(EVENTS)
                .onBackpressureBuffer(EVENTS)
                .map(number -> event(number + 1));
        return response.sse().send(events, event -> true);
    }

    private ByteBuf event(long number) {
        String data = json.writeValueAsString(Map.of(
                "region",
                region.name(),
                "instance",
                name,
                "event",
                number,
                "time",
                Instant.now().toString()));
        return Unpooled.copiedBuffer("id: " + number + "\ndata: " + data + "\n\n", StandardCharsets.UTF_8);
    }

    private Duration latency() {
        double factor = 1 + JITTER * (2 * random.nextDouble() - 1);
        return Duration.ofNanos((long) (region.latency().toNanos() * factor));
    }
}
