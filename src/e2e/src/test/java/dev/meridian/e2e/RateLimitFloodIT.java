package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.redis.RedisServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients that make up a key for each request. */
@Execution(ExecutionMode.SAME_THREAD)
class RateLimitFloodIT {

    private static final int FLOOD = Integer.getInteger("meridian.flood.keys", 30_000);
    private static final int AT_ONCE = 100;
    private static final int CLIENTS = 4;

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    @AutoClose
    private static final RedisServers redis = RedisServers.single();

    /** What is admitted by its key is refused by its path: only the counting is to be seen. */
    private static final GatewayConfig CONFIG = GatewayConfig.empty()
            .upstream("main", backend.url())
            .route("/flood", "lb://main", "RateLimit=per-key,closed")
            .route("/**", "lb://main", "RateLimit=per-key")
            .with("""
                    meridian.rate-limits:
                      per-key: { limit: 3, window: 1h, key: "header:X-Key", max-keys: 10000 }
                      closed: { limit: 1, window: 31d, key: path, store: local }
                    """);

    @Test
    void everyRequestAnotherKey_memoryIsBounded_nobodyStalls() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.of("flood", CONFIG)
                .jvm("-Xmx128m", "-Dio.netty.leakDetection.level=simple", "-XX:TieredStopAtLevel=4")
                .arguments("--spring.data.redis.url=" + redis.url())
                .start()) {
            long heap = gateway.usedHeap();
            AtomicLong slowest = new AtomicLong();
            long begun = System.nanoTime();
            Parallel.run(CLIENTS, FLOOD / AT_ONCE, number -> flood(gateway.port(), number, slowest));
            long took = System.nanoTime() - begun;
            long after = gateway.usedHeap();
            Figures.print(
                    "flood of keys",
                    "%d keys in %s; slowest %d at once %s; heap %.1f MB before, %.1f MB after; %s keys in Redis",
                    FLOOD,
                    Figures.seconds(took),
                    AT_ONCE,
                    Figures.millis(Duration.ofNanos(slowest.get())),
                    heap / 1e6,
                    after / 1e6,
                    String.valueOf(redis.command("DBSIZE")));
            assertThat(after - heap).isLessThan(50_000_000);
            assertThat(slowest.get()).isLessThan(Duration.ofSeconds(2).toNanos());
            hostileKeys(gateway);
        }
    }

    private static void flood(int port, int number, AtomicLong slowest) {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < AT_ONCE; i++) {
            requests.append("GET /flood HTTP/1.1\r\nHost: localhost\r\nX-Key: ")
                    .append(number)
                    .append('-')
                    .append(i)
                    .append("\r\n\r\n");
        }
        try (RawClient client = RawClient.connect(port)) {
            long sent = System.nanoTime();
            client.send(requests.toString());
            for (int i = 0; i < AT_ONCE; i++) {
                int status = client.readResponse().status();
                assertThat(status).isIn(200, 429);
            }
            slowest.accumulateAndGet(System.nanoTime() - sent, Math::max);
        }
    }

    /** Each is one of its own, and none breaks anything. */
    private static void hostileKeys(GatewayProcess gateway) {
        List<String> hostile = List.of(
                "x".repeat(6_000),
                "x".repeat(6_001),
                "}{",
                "{}",
                "|",
                "#",
                "a|b",
                "\t\tb",
                "\u00ff\u00fe",
                "'",
                "${}",
                "%s");
        for (String key : hostile) {
            int admitted = 0;
            for (int i = 0; i < 5; i++) {
                Response response = ask(gateway.port(), key);
                assertThat(response.status()).as("%.20s: %s", key, response).isIn(200, 429);
                admitted += response.status() == 200 ? 1 : 0;
            }
            assertThat(admitted).as("%.20s", key).isEqualTo(3);
        }
        int empty = 0;
        for (int i = 0; i < 5; i++) {
            empty += ask(gateway.port(), "").status() == 200 ? 1 : 0;
        }
        assertThat(empty).as("an empty one counts for the address").isEqualTo(3);
        assertThat(ask(gateway.port(), "y".repeat(10_240)).status()).as("10 KB").isIn(200, 431);
        assertThat(ask(gateway.port(), "a\u0000b").status()).isEqualTo(400);
    }

    private static Response ask(int port, String key) {
        try (RawClient client = RawClient.connect(port)) {
            return client.send(("GET / HTTP/1.1\r\nHost: localhost\r\nX-Key: " + key + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1))
                    .readResponse();
        }
    }
}
