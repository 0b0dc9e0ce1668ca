package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.filters.ratelimit.quota.Quota;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.testkit.random.SeededRandom;
import dev.meridian.testkit.redis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In windows that are far longer than any test, but where they must pass. */
class RedisStoreTests {

    private static final AtomicInteger KEYS = new AtomicInteger();
    private static final long DAYS_31 = Duration.ofDays(31).toNanos() / 1_000;

    @AutoClose
    private static final RedisServers redis = RedisServers.single();

    private final String key = "key-" + KEYS.incrementAndGet();

    private static String name(String key) {
        return "meridian:{policy:" + key + "}";
    }

    private static String algorithm(Algorithm algorithm) {
        return "algorithm=" + Spelling.written(algorithm);
    }

    private static List<?> keys(String pattern) {
        return redis.command("KEYS", pattern) instanceof List<?> keys ? keys : List.of();
    }

    private static Object value(String key) {
        return String.valueOf(redis.command("GET", name(key)));
    }

    @ParameterizedTest
    @EnumSource
    void limit_isAdmittedAndNoMore(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(redis, algorithm(algorithm), "limit=10", "window=31d")) {
            for (int i = 9; i >= 0; i--) {
                Grant grant = gateway.take(key);
                assertThat(grant.granted()).isEqualTo(1);
                assertThat(grant.remaining()).isEqualTo(i);
            }
            Grant refused = gateway.take(key);
            assertThat(refused.granted()).isZero();
            assertThat(refused.remaining()).isZero();
            assertThat(refused.waitMicros()).isBetween(1L, 2 * DAYS_31);
            assertThat(gateway.take(key + "-other").admitted()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalRates_tightestDecides_nothingIsTakenOfOneThatTheOtherRefuses(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(
                redis,
                algorithm(algorithm),
                "limits[0].limit=5",
                "limits[0].window=1d",
                "limits[1].limit=7",
                "limits[1].window=31d")) {
            assertThat(gateway.take(key, 4).remaining()).isEqualTo(1);
            assertThat(gateway.take(key, 2).admitted()).isFalse();
            assertThat(gateway.take(key, 1).admitted()).isTrue();
            Grant refused = gateway.take(key, 1);
            assertThat(refused.admitted()).isFalse();
            assertThat(refused.rate()).isZero();
            gateway.change(algorithm(algorithm), "limit=7", "window=31d");
            assertThat(gateway.admitted(key, 5)).as("of the longer one").isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sameRequests_sameAnswersAsInThisProcess(Algorithm algorithm) {
        List<Rate> rates = List.of(new Rate(20, DAYS_31 / 31, 20), new Rate(33, DAYS_31, 33));
        Quota local = Quota.of(algorithm, rates);
        RandomGenerator random = new SeededRandom(7);
        List<Grant[]> granted = new ArrayList<>();
        try (CountingGateway gateway = CountingGateway.patient(
                redis,
                algorithm(algorithm),
                "limits[0].limit=20",
                "limits[0].window=1d",
                "limits[1].limit=33",
                "limits[1].window=31d")) {
            for (int i = 0; i < 400; i++) {
                long now = System.currentTimeMillis() * 1000;
                if (random.nextInt(3) == 0 && !granted.isEmpty()) {
                    Grant[] both = granted.remove(random.nextInt(granted.size()));
                    local.giveBack(now, both[0].at(), both[0].granted());
                    gateway.giveBack(key, both[1]);
                    continue;
                }
                int units = 1 + random.nextInt(4);
                Grant expected = local.take(now, units, units);
                Grant grant = gateway.take(key, units);
                if (!grant.admitted() && expected.admitted()) {
                    // Given back meanwhile: what was refused is believed for a while where nobody asks.
                    grant = gateway.look(key, units);
                    assertThat(grant.remaining()).isEqualTo(expected.remaining() + expected.granted());
                    local.giveBack(now, expected.at(), expected.granted());
                    continue;
                }
                assertThat(grant.granted()).as("%d. request, for %d", i, units).isEqualTo(expected.granted());
                if (grant.admitted()) {
                    assertThat(grant.remaining()).isEqualTo(expected.remaining());
                    assertThat(grant.rate()).isEqualTo(expected.rate());
                    granted.add(new Grant[] {expected, grant});
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void givenBack_isThereAgain(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(redis, algorithm(algorithm), "limit=5", "window=31d")) {
            Grant two = gateway.take(key, 2);
            gateway.take(key, 1);
            gateway.giveBack(key, two);
            assertThat(gateway.look(key, 1).remaining()).isEqualTo(4);
            assertThat(gateway.admitted(key, 10)).isEqualTo(4);
        }
    }

    @Test
    void givenBackInTheNextWindow_isOfTheOneBefore() {
        long index = System.currentTimeMillis() * 1000 / DAYS_31;
        try (CountingGateway gateway =
                CountingGateway.patient(redis, algorithm(Algorithm.SLIDING_WINDOW), "limit=10", "window=31d")) {
            redis.command("SET", name(key), "w" + DAYS_31 + "," + index + ",3,8", "PX", "100000");
            Grant before = new Grant(2, index * DAYS_31 - 1, 0, 0, 0, 0);
            gateway.giveBack(key, before);
            assertThat(gateway.take(key, 1).admitted()).isTrue();
            assertThat(value(key)).isEqualTo("w" + DAYS_31 + "," + index + ",4,6");
            gateway.giveBack(key, new Grant(2, (index - 1) * DAYS_31 - 1, 0, 0, 0, 0));
            gateway.look(key, 1);
            assertThat(value(key)).as("of one that counts no more").isEqualTo("w" + DAYS_31 + "," + index + ",4,6");
        }
    }

    @ParameterizedTest
    @CsvSource({"SLIDING_WINDOW, 400ms", "FIXED_WINDOW, 400ms", "TOKEN_BUCKET, 1s", "SLIDING_LOG, 400ms"})
    void waitThatIsTold_isWhenItIsAdmittedNext(Algorithm algorithm, String window) {
        try (CountingGateway gateway =
                CountingGateway.patient(redis, algorithm(algorithm), "limit=4", "window=" + window)) {
            AtomicLong wait = new AtomicLong();
            Awaitility.await().until(() -> {
                Grant grant = gateway.take(key, 2);
                wait.set(grant.waitMicros());
                return !grant.admitted();
            });
            long told = System.nanoTime();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(3))
                    .until(() -> gateway.take(key, 2).admitted());
            long waited = (System.nanoTime() - told) / 1000;
            assertThat(waited).isBetween(wait.get() - 3_000, wait.get() + 60_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void keys_liveForTwoWindows_andNoneForever(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(redis, algorithm(algorithm), "limit=10", "window=60s")) {
            Grant grant = gateway.take(key, 3);
            String name = name(key) + (algorithm == Algorithm.SLIDING_LOG ? ":log" : "");
            assertThat((Long) redis.command("PTTL", name)).isBetween(110_000L, 120_000L);
            gateway.giveBack(key, grant);
            gateway.look(key, 1);
            for (Object each : keys("meridian:*")) {
                assertThat((Long) redis.command("PTTL", String.valueOf(each)))
                        .as("%s", each)
                        .isNotEqualTo(-1L);
            }
        }
    }

    @Test
    void bucketThatFillsSlowly_livesUntilItIsFull() {
        try (CountingGateway gateway = CountingGateway.patient(
                redis, algorithm(Algorithm.TOKEN_BUCKET), "limit=1", "window=60s", "burst=10")) {
            assertThat(gateway.admitted(key, 20)).isEqualTo(10);
            assertThat((Long) redis.command("PTTL", name(key))).isBetween(590_000L, 600_000L);
        }
    }

    @Test
    void values_areCompact() {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=100", "window=1h")) {
            gateway.take(key, 42);
            assertThat(String.valueOf(value(key)))
                    .matches("w3600000000,\\d+,42,0")
                    .hasSizeLessThan(30);
            assertThat((Long) redis.command("MEMORY", "USAGE", name(key))).isLessThan(200);
        }
    }

    @Test
    void look_writesNothing() {
        for (Algorithm algorithm : Algorithm.values()) {
            try (CountingGateway gateway =
                    CountingGateway.patient(redis, algorithm(algorithm), "limit=10", "window=31d")) {
                Grant standing = gateway.look(key, 11);
                assertThat(standing.remaining()).isEqualTo(10);
                assertThat(standing.waitMicros()).isEqualTo(Long.MAX_VALUE);
                assertThat(keys(name(key) + "*")).isEmpty();
                gateway.take(key, 3);
                Object dump = redis.command("KEYS", name(key) + "*");
                for (int i = 0; i < 3; i++) {
                    assertThat(gateway.look(key, 1).remaining()).isEqualTo(7);
                }
                assertThat(redis.command("KEYS", name(key) + "*")).isEqualTo(dump);
                gateway.reset(key);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void reset_forgetsAll(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(redis, algorithm(algorithm), "limit=3", "window=31d")) {
            assertThat(gateway.admitted(key, 5)).isEqualTo(3);
            gateway.reset(key);
            assertThat(keys(name(key) + "*")).isEmpty();
            assertThat(gateway.admitted(key, 5)).isEqualTo(3);
        }
    }

    // Changes.

    @ParameterizedTest
    @EnumSource
    void limitChanges_whatHasBeenTakenStaysTaken(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(redis, algorithm(algorithm), "limit=10", "window=31d")) {
            gateway.take(key, 6);
            gateway.change(algorithm(algorithm), "limit=8", "window=31d");
            assertThat(gateway.admitted(key, 5)).isEqualTo(2);
            gateway.change(algorithm(algorithm), "limit=4", "window=31d");
            assertThat(gateway.take(key).admitted()).isFalse();
            gateway.change(algorithm(algorithm), "limit=12", "window=31d");
            assertThat(gateway.admitted(key, 9)).isEqualTo(4);
        }
    }

    @Test
    void windowChanges_asMuchAsTheLongerOneKnowsForItsLength() {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=1000", "window=30d")) {
            gateway.take(key, 300);
            gateway.change("limit=1000", "window=15d");
            assertThat(gateway.take(key, 1).remaining()).isEqualTo(849);
            gateway.change("limit=1000", "window=31d");
            assertThat(gateway.take(key, 1).remaining()).as("all that is known").isEqualTo(848);
        }
    }

    @Test
    void algorithmChanges_whatIsKnownIsCarriedOver() {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=100", "window=31d")) {
            gateway.take(key, 40);
            gateway.change("algorithm=fixed-window", "limit=100", "window=31d");
            assertThat(gateway.take(key, 1).remaining()).isEqualTo(59);
            gateway.change("algorithm=token-bucket", "limit=100", "window=31d");
            assertThat(gateway.take(key, 1).remaining()).isEqualTo(58);
            gateway.change("algorithm=sliding-window", "limit=100", "window=31d");
            assertThat(gateway.take(key, 1).remaining()).isEqualTo(57);
        }
    }

    @Test
    void algorithmChanges_toALogAndBack_goesOnBeingCounted() {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=10", "window=31d")) {
            gateway.take(key, 4);
            gateway.change("algorithm=sliding-log", "limit=10", "window=31d");
            assertThat(gateway.take(key, 1).rate()).isZero();
            assertThat(redis.command("TYPE", name(key) + ":log")).isEqualTo("zset");
            gateway.change("algorithm=sliding-window", "limit=10", "window=31d");
            assertThat(gateway.take(key, 1).remaining()).isEqualTo(5);
        }
    }

    // What may come its way.

    @Test
    void manyInOneTurnOfAnEventLoop_allAreAnswered() {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=1", "window=31d")) {
            redis.command("SCRIPT", "FLUSH");
            assertThat(gateway.admittedInOneTurn(key + "-", 200)).isEqualTo(200);
            assertThat(gateway.admittedInOneTurn(key + "-", 200)).isZero();
        }
    }

    @Test
    void scriptsAreForgotten_areSentAgain() {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=100", "window=31d")) {
            gateway.take(key);
            redis.command("SCRIPT", "FLUSH");
            assertThat(gateway.admitted(key, 5)).isEqualTo(5);
            assertThat(gateway.look(key, 1).remaining()).isEqualTo(94);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "}{",
                "|",
                "#",
                "a b",
                "\r\n",
                "\0",
                "{}",
                "}",
                "é\uD83D\uDE00",
                "%.0f",
                "'; redis.call('FLUSHALL')"
            })
    void keyOfAnyCharacters_isOneOfItsOwn(String hostile) {
        try (CountingGateway gateway = CountingGateway.patient(redis, "limit=3", "window=31d")) {
            redis.command("SET", "witness", "there");
            for (String each : List.of(hostile, hostile + hostile)) {
                String text = KeyText.of(each, false);
                gateway.reset(text);
                assertThat(text).matches("#[0-9a-f]{32}");
                assertThat(gateway.admitted(text, 5)).isEqualTo(3);
            }
            assertThat(redis.command("GET", "witness")).isEqualTo("there");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoCount_givesWayToOne(Algorithm algorithm) {
        try (CountingGateway gateway = CountingGateway.patient(redis, algorithm(algorithm), "limit=3", "window=31d")) {
            String name = name(key) + (algorithm == Algorithm.SLIDING_LOG ? ":log" : "");
            redis.command("RPUSH", name, "mine");
            assertThat(gateway.admitted(key, 5)).isEqualTo(3);
            assertThat((Long) redis.command("PTTL", name)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 10})
    void gatewayClockIsWrong_nobodysLimitChanges(int seconds) {
        String[] policy = {"algorithm=fixed-window", "limit=10", "window=1s"};
        try (CountingGateway right = CountingGateway.patient(redis, policy);
                CountingGateway wrong = CountingGateway.patient(redis, Duration.ofSeconds(seconds), policy)) {
            for (int i = 0; i < 3; i++) {
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> wrong.look(key, 1).resetMicros() > 900_000
                                && wrong.look(key, 1).remaining() == 10);
                assertThat(wrong.admitted(key, 6) + right.admitted(key, 6)).isEqualTo(10);
                Grant refused = wrong.take(key);
                assertThat(refused.admitted()).isFalse();
                assertThat(refused.waitMicros()).isLessThanOrEqualTo(1_000_000);
                assertThat(refused.waitMicros())
                        .isCloseTo(right.take(key).waitMicros(), org.assertj.core.data.Offset.offset(30_000L));
            }
        }
    }
}
