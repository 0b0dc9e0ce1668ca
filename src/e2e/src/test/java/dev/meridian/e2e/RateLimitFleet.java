package dev.meridian.e2e;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Exchange;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Gateways that count together, clients that ask for five times what there is, and a backend that counts what arrives in each
 * aligned second by its own clock, which is that of Redis: all are on one machine. What is admitted at the very end of a
 * window arrives in the next one, hence the beginning of each is left out where one window is looked at.
 */
final class RateLimitFleet implements AutoCloseable {

    static final int KEYS = 20;
    /** Of each key in a second. */
    static final int LIMIT = 10;

    private static final int OFFERED = 5;
    private static final int THREADS = 2;
    private static final long LATE_MILLIS = 300;
    private static final byte[] OK = "ok".getBytes(StandardCharsets.US_ASCII);

    private final Map<String, AtomicInteger> arrived = new ConcurrentHashMap<>();
    private final Backend backend =
            Backend.start(this::arrived, BackendOptions.defaults().keeping(1));
    private final List<GatewayProcess> gateways = new ArrayList<>();
    private final List<Load> loads = new ArrayList<>();

    /** @param arguments that say where Redis is, among others */
    RateLimitFleet(String name, int size, String... arguments) {
        GatewayConfig config = GatewayConfig.empty()
                .upstream("main", backend.url())
                .route("/exact", "lb://main", "RateLimit=exact")
                .route("/synced", "lb://main", "RateLimit=synced")
                .with("""
                        meridian.rate-limits:
                          exact: { limit: %1$d, window: 1s, key: "header:X-Key" }
                          synced: { limit: %1$d, window: 1s, key: "header:X-Key", sync-interval: 100ms }
                        """.formatted(LIMIT));
        start(name, size, config, arguments);
    }

    private void start(String name, int size, GatewayConfig config, String... arguments) {
        try {
            List<CompletableFuture<GatewayProcess>> starting = IntStream.range(0, size)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> GatewayProcess.of(name + "-" + i, config)
                            .jvm("-Xmx96m", "-XX:+UseSerialGC", "-Dio.netty.leakDetection.level=simple")
                            .arguments(arguments)
                            .expectLog("io.lettuce")
                            .start()))
                    .toList();
            starting.forEach(each -> gateways.add(each.join()));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void arrived(Recorded request, Exchange out) throws IOException {
        long now = System.currentTimeMillis();
        long window = now / 1000;
        String key = request.headers().first("X-Key").orElse("-");
        count(key + "/all");
        if (now % 1000 >= LATE_MILLIS) {
            count(key + "/" + window);
            count("total/" + window);
        }
        out.answer(200, Headers.of(), OK);
    }

    private void count(String what) {
        arrived.computeIfAbsent(what, each -> new AtomicInteger()).incrementAndGet();
    }

    List<GatewayProcess> gateways() {
        return gateways;
    }

    /** Has clients ask each gateway for its share of five times what there is. */
    void load(String path) {
        AtomicInteger turn = new AtomicInteger();
        for (GatewayProcess gateway : gateways) {
            loads.add(Load.constantRate(
                    gateway.port(),
                    THREADS,
                    OFFERED * KEYS * LIMIT / gateways.size(),
                    id -> ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nX-Key: key-" + turn.incrementAndGet() % KEYS
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
        }
    }

    /** What has become of the requests so far. */
    List<LoadReport> reports() {
        return loads.stream().map(Load::soFar).toList();
    }

    List<LoadReport> stop() {
        List<LoadReport> reports = loads.stream().map(Load::stop).toList();
        loads.clear();
        return reports;
    }

    void forget() {
        arrived.clear();
    }

    /** The most that has arrived of one key in an aligned second. */
    int mostOfAKey() {
        return most("key-", "/all");
    }

    /** The most that has arrived of all keys in an aligned second. */
    int mostOfAll() {
        return most("total/", "/all");
    }

    private int most(String prefix, String but) {
        return arrived.entrySet().stream()
                .filter(each ->
                        each.getKey().startsWith(prefix) && !each.getKey().endsWith(but))
                .mapToInt(each -> each.getValue().get())
                .max()
                .orElse(0);
    }

    /** The most that has arrived of one key altogether. */
    int mostOfAKeyEver() {
        return arrived.entrySet().stream()
                .filter(each -> each.getKey().endsWith("/all"))
                .mapToInt(each -> each.getValue().get())
                .max()
                .orElse(0);
    }

    static Duration slowest(List<LoadReport> reports) {
        return reports.stream()
                .map(report -> report.percentile(100))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    static Duration percentile(List<LoadReport> reports, double percent) {
        return reports.stream()
                .map(report -> report.percentile(percent))
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        loads.forEach(Load::close);
        try {
            gateways.forEach(GatewayProcess::close);
        } finally {
            backend.close();
        }
    }
}
