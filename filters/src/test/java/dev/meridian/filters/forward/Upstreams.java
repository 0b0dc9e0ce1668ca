package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.resilience.RetryBudgets;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.testkit.random.SeededRandom;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.netty.resources.LoopResources;

/** The transport on two event loops of its own, called from a test's thread. */
final class Upstreams implements AutoCloseable {

    private final LoopResources loops = LoopResources.create("test-upstream", 1, 2, true);
    final List<EventLoop> eventLoops = new ArrayList<>();
    final UpstreamTransport transport;

    Upstreams() {
        transport = new UpstreamTransport(
                loops, new ClientTls(new HttpClientProperties.Ssl(), new DefaultSslBundleRegistry()));
        while (eventLoops.size() < 2) {
            EventLoop loop = loops.onClient(true).next();
            if (!eventLoops.contains(loop)) {
                eventLoops.add(loop);
            }
        }
    }

    /** A pool as an operator would set it up, changed one by one. */
    record Pool(
            Protocol protocol,
            int maxConnections,
            int maxPending,
            Duration pendingTimeout,
            Duration idleTimeout,
            Duration maxLife) {

        static Pool of(int maxConnections) {
            return new Pool(
                    Protocol.HTTP1,
                    maxConnections,
                    1024,
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5));
        }

        Pool maxPending(int count) {
            return new Pool(protocol, maxConnections, count, pendingTimeout, idleTimeout, maxLife);
        }

        Pool pendingTimeout(Duration time) {
            return new Pool(protocol, maxConnections, maxPending, time, idleTimeout, maxLife);
        }

        Pool idleTimeout(Duration time) {
            return new Pool(protocol, maxConnections, maxPending, pendingTimeout, time, maxLife);
        }

        Pool maxLife(Duration time) {
            return new Pool(protocol, maxConnections, maxPending, pendingTimeout, idleTimeout, time);
        }

        Pool protocol(Protocol spoken) {
            return new Pool(spoken, maxConnections, maxPending, pendingTimeout, idleTimeout, maxLife);
        }

        UpstreamSettings settings() {
            return new UpstreamSettings(
                    protocol,
                    new PoolDefinition(maxConnections, maxPending, pendingTimeout, idleTimeout, maxLife),
                    TimeoutDefinition.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(5)));
        }
    }

    /** How a call ended. */
    record Result(
            int status,
            @Nullable HttpHeaders headers,
            String body,
            @Nullable GatewayException failure) {

        @Nullable
        Failure kind() {
            return failure == null ? null : failure.failure();
        }
    }

    /** A call under way. */
    static final class Call implements CallListener {

        private final CompletableFuture<Result> result = new CompletableFuture<>();
        private final CompletableFuture<UpstreamCall> started = new CompletableFuture<>();

        /** Waits for its end. */
        Result await() {
            return join(result);
        }

        boolean isDone() {
            return result.isDone();
        }

        void cancel() {
            join(started).cancel();
        }

        private static <T> T join(CompletableFuture<T> future) {
            try {
                return future.get(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("the call has not ended", e);
            }
        }

        @Override
        public void onResponse(UpstreamResponse response) {
            StringBuilder text = new StringBuilder();
            response.body()
                    .subscribe(
                            part -> append(text, part),
                            e -> result.complete(new Result(
                                    response.status(), response.headers(), text.toString(), (GatewayException) e)),
                            () -> result.complete(
                                    new Result(response.status(), response.headers(), text.toString(), null)));
        }

        private static void append(StringBuilder text, ByteBuf part) {
            text.append(part.toString(StandardCharsets.UTF_8));
            part.release();
        }

        @Override
        public void onFailure(GatewayException failure) {
            result.complete(new Result(0, null, "", failure));
        }
    }

    /** Sends a request without a body and waits for the end. */
    Result send(String method, int port, Pool pool) {
        return start(0, method, port, pool, null).await();
    }

    /** Starts a call on one of the two event loops. */
    Call start(int loop, String method, int port, Pool pool, @Nullable Publisher<DataBuffer> body) {
        HttpHeaders headers = new DefaultHttpHeaders().add("Host", "localhost:" + port);
        if (body != null) {
            headers.add("Transfer-Encoding", "chunked");
        }
        HttpMethod named = HttpMethod.valueOf(method);
        UpstreamRequest request =
                new UpstreamRequest(named, "/", headers, body, -1, 1 << 20, false, Methods.idempotent(named));
        UpstreamSettings settings = pool.settings();
        CallTimeouts timeouts = new CallTimeouts(
                (int) settings.timeout().connect().toMillis(),
                (int) settings.timeout().handshake().toMillis(),
                settings.timeout().response().toMillis(),
                settings.timeout().idle().toMillis(),
                0);
        Call call = new Call();
        EventLoop on = eventLoops.get(loop);
        on.execute(() -> call.started.complete(transport.start(
                on,
                new HostKey("test", false, "127.0.0.1", port, settings.protocol()),
                settings,
                request,
                timeouts,
                call)));
        Call.join(call.started);
        return call;
    }

    /** Retries with a budget of their own that no test knows of. */
    static Retries retries() {
        return new Retries(new RetryBudgets(System::nanoTime), new SeededRandom(1), List.of());
    }

    /** The one pool's figures. */
    UpstreamTransport.PoolView pool() {
        return transport.pools().iterator().next();
    }

    @Override
    public void close() {
        transport.close();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block(Duration.ofSeconds(5));
    }
}
