package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.testkit.redis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several gateways in one process, all of whose clients ask for more than there is. */
class RedisConcurrencyTests {

    private static final int GATEWAYS = 4;
    private static final int LIMIT = 60;
    private static final long WINDOW_MICROS = 400_000;
    private static final long LATE_MICROS = 50_000;

    @ParameterizedTest
    @CsvSource({
        "fixed-window, 0s",
        "fixed-window, 50ms",
        "sliding-window, 0s",
        "sliding-window, 50ms",
        "sliding-log, 0s"
    })
    void noWindowHoldsMoreThanTheLimit(String algorithm, String interval) throws Exception {
        Map<Long, AtomicInteger> windows = new ConcurrentHashMap<>();
        AtomicInteger late = new AtomicInteger();
        try (RedisServers redis = RedisServers.single()) {
            List<CountingGateway> gateways = new ArrayList<>();
            try {
                for (int i = 0; i < GATEWAYS; i++) {
                    gateways.add(CountingGateway.patient(
                            redis,
                            "algorithm=" + algorithm,
                            "limit=" + LIMIT,
                            "window=400ms",
                            "sync-interval=" + interval));
                }
                Awaitility.await().until(() -> gateways.stream().allMatch(each -> each.fleetSize() == GATEWAYS));
                long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
                List<Thread> clients = gateways.stream()
                        .map(gateway -> new Thread(() -> {
                            while (System.nanoTime() < end) {
                                Grant grant = gateway.take("key");
                                if (grant.admitted()) {
                                    long now = System.currentTimeMillis() * 1000;
                                    long window = grant.at() / WINDOW_MICROS;
                                    windows.computeIfAbsent(window, index -> new AtomicInteger())
                                            .incrementAndGet();
                                    if (now > (window + 1) * WINDOW_MICROS + LATE_MICROS) {
                                        late.incrementAndGet();
                                    }
                                }
                            }
                        }))
                        .toList();
                clients.forEach(Thread::start);
                for (Thread client : clients) {
                    client.join();
                }
            } finally {
                gateways.forEach(CountingGateway::close);
            }
        }
        assertThat(windows).hasSizeGreaterThan(3);
        assertThat(windows.values()).allSatisfy(count -> assertThat(count.get()).isLessThanOrEqualTo(LIMIT));
        assertThat(late).as("spent after the end of its window").hasValueLessThan(LIMIT / 10);
        assertThat(windows.values().stream().mapToInt(AtomicInteger::get).max().orElse(0))
                .as("nearly all of it")
                .isGreaterThan(LIMIT * 3 / 4);
    }
}
