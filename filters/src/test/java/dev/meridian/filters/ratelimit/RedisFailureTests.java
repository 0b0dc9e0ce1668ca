package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.testkit.redis.RedisServers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One window for all: what is counted twice, or not at all, is seen at its end. */
class RedisFailureTests {

    private static final String KEY = "key";
    private static final String NAME = "meridian:{policy:key}";
    private static final int LIMIT = 40;
    private static final Pattern COUNTED = Pattern.compile("w\\d+,\\d+,(\\d+),\\d+");
    private static final String[] POLICY = {"algorithm=fixed-window", "limit=" + LIMIT, "window=31d"};
    /** The deadline of a call, and what a busy machine needs beside. */
    private static final Duration DEADLINE = Duration.ofMillis(200 + 300);

    private static final Duration BACK = Duration.ofSeconds(3);

    /** What becomes of Redis. */
    enum Failure {
        KILLED {
            @Override
            void begin(RedisServers redis) {
                redis.stop();
            }

            @Override
            void end(RedisServers redis) {
                redis.restart();
            }
        },
        FROZEN {
            @Override
            void begin(RedisServers redis) {
                redis.freeze();
            }

            @Override
            void end(RedisServers redis) {
                redis.thaw();
            }
        },
        READ_ONLY {
            @Override
            void begin(RedisServers redis) {
                redis.command("REPLICAOF", "127.0.0.1", "1");
            }

            @Override
            void end(RedisServers redis) {
                redis.command("REPLICAOF", "NO", "ONE");
            }
        },
        OUT_OF_MEMORY {
            @Override
            void begin(RedisServers redis) {
                redis.command("SET", "filler", "x".repeat(2_000_000));
                redis.command("CONFIG", "SET", "maxmemory", "1mb");
            }

            @Override
            void end(RedisServers redis) {
                redis.command("CONFIG", "SET", "maxmemory", "0");
            }
        },
        WRONG_PASSWORD {
            @Override
            void begin(RedisServers redis) {
                redis.commands("CONFIG SET requirepass other", "CLIENT KILL TYPE normal");
            }

            @Override
            void end(RedisServers redis) {
                redis.commands("AUTH other", "ACL SETUSER default nopass");
            }
        };

        abstract void begin(RedisServers redis);

        abstract void end(RedisServers redis);
    }

    private static int counted(RedisServers redis) {
        Matcher value = COUNTED.matcher(String.valueOf(redis.command("GET", NAME)));
        return value.matches() ? Integer.parseInt(value.group(1)) : 0;
    }

    private static Grant inTime(CountingGateway gateway) {
        long before = System.nanoTime();
        CompletableFuture<Grant> answer = gateway.ask(KEY, 1);
        Grant grant = CountingGateway.await(answer);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(DEADLINE);
        return grant;
    }

    /** One request after the other until it is found out; then nobody waits any more. */
    private static int untilItIsFoundOut(CountingGateway gateway) {
        int[] admitted = {0};
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(3))
                .until(() -> {
                    CompletableFuture<Grant> answer = gateway.ask(KEY, 1);
                    boolean atOnce = answer.isDone();
                    admitted[0] += CountingGateway.await(answer).granted();
                    return atOnce;
                });
        return admitted[0];
    }

    @ParameterizedTest
    @EnumSource
    void partWhileItIsGone_oneQuotaInAll(Failure failure) {
        try (RedisServers redis = RedisServers.single();
                CountingGateway one = CountingGateway.at(redis, POLICY);
                CountingGateway two = CountingGateway.at(redis, POLICY)) {
            Awaitility.await()
                    .untilAsserted(() -> assertThat(redis.command("ZCARD", "meridian:gateways"))
                            .isEqualTo(2L));
            Awaitility.await().until(() -> one.fleetSize() == 2 && two.fleetSize() == 2);
            int admitted = one.admitted(KEY, 2) + two.admitted(KEY, 2);
            // Both know of nearly all that the other one has taken: of more a Redis that is empty cannot be told.
            admitted += one.admitted(KEY, 1);
            assertThat(admitted).isEqualTo(5);

            failure.begin(redis);
            admitted += inTime(one).granted() + inTime(two).granted();
            admitted += untilItIsFoundOut(one) + untilItIsFoundOut(two);
            for (int i = 0; i < 3; i++) {
                CompletableFuture<Grant> answer = one.ask(KEY, 1);
                assertThat(answer.isDone()).as("nobody waits any more").isTrue();
                admitted += answer.join().granted();
            }
            assertThat(admitted).isBetween(7, LIMIT);

            failure.end(redis);
            long back = System.nanoTime();
            int told = failure == Failure.KILLED ? admitted - 1 : admitted;
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> counted(redis) >= told);
            assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(BACK.plusMillis(500));
            assertThat(counted(redis))
                    .as("nothing but what was on its way twice")
                    .isBetween(told, admitted + 4);
            int rest = LIMIT - counted(redis);
            int[] more = {0};
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> {
                        more[0] += one.admitted(KEY, 5) + two.admitted(KEY, 5);
                        return counted(redis) == LIMIT;
                    });
            assertThat(more[0]).isBetween(rest - 4, rest);
            assertThat(one.take(KEY).admitted() || two.take(KEY).admitted()).isFalse();
        }
    }

    @Test
    void allowed_allPass() {
        try (RedisServers redis = RedisServers.single();
                CountingGateway gateway =
                        CountingGateway.at(redis, "limit=2", "window=31d", "on-store-failure=allow")) {
            assertThat(gateway.admitted(KEY, 5)).isEqualTo(2);
            redis.stop();
            Awaitility.await().until(() -> gateway.take("other") == LimitStore.UNCOUNTED);
            assertThat(gateway.admitted("another", 50)).isEqualTo(50);
            redis.restart();
            Awaitility.await()
                    .atMost(BACK.plusMillis(500))
                    .until(() -> gateway.take("third").rate() >= 0);
        }
    }

    @Test
    void denied_nonePasses() {
        try (RedisServers redis = RedisServers.single();
                CountingGateway gateway = CountingGateway.at(redis, "limit=2", "window=31d", "on-store-failure=deny")) {
            redis.stop();
            Awaitility.await().until(() -> gateway.take(KEY) == LimitStore.UNAVAILABLE);
            redis.restart();
            Awaitility.await()
                    .atMost(BACK.plusMillis(500))
                    .until(() -> gateway.take(KEY).admitted());
        }
    }

    @Test
    void limitIsChanged_whileItIsGone_countsStay() {
        try (RedisServers redis = RedisServers.single();
                CountingGateway gateway = CountingGateway.at(redis, POLICY)) {
            redis.stop();
            Awaitility.await().until(() -> gateway.ask(KEY, 1).isDone());
            int admitted = gateway.admitted(KEY, 10);
            assertThat(admitted).isEqualTo(10);
            gateway.change(
                    "algorithm=fixed-window",
                    "limits[0].limit=15",
                    "limits[0].window=30d",
                    "limits[1].limit=" + LIMIT,
                    "limits[1].window=31d");
            assertThat(gateway.admitted(KEY, 10)).isLessThan(5);
            redis.restart();
            Awaitility.await()
                    .atMost(BACK.plusMillis(500))
                    .untilAsserted(() -> assertThat(redis.command("GET", NAME)).isNotNull());
            assertThat(gateway.admitted(KEY, 10)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void watchedMasterIsGone_itsReplicaCounts(boolean frozen) {
        try (RedisServers redis = RedisServers.watched("main");
                CountingGateway gateway = CountingGateway.watched(redis, "main", POLICY)) {
            assertThat(gateway.admitted(KEY, 5)).isEqualTo(5);
            if (frozen) {
                redis.freeze(0);
            } else {
                redis.stop(0);
            }
            int[] admitted = {5 + untilItIsFoundOut(gateway)};
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> String.valueOf(redis.command(1, "ROLE")).startsWith("[master"));
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> {
                admitted[0] += gateway.take(KEY).granted();
                return String.valueOf(redis.command(1, "GET", NAME)).contains("," + admitted[0] + ",");
            });
            assertThat(admitted[0]).isLessThan(LIMIT);
        }
    }

    @Test
    void clusterOfWhichNoNodeIsConnected_eventLoopDoesNotWaitForThem() {
        try (RedisServers redis = RedisServers.cluster();
                CountingGateway gateway = CountingGateway.at(redis, "limit=1", "window=31d")) {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.admittedInOneTurn("turn-" + i + "-", 50)).isEqualTo(50);
            }
        }
    }

    @Test
    void clusterNodeIsKilled_othersCountOn_untilItsReplicaDoes() {
        try (RedisServers redis = RedisServers.clusterWithReplicas();
                CountingGateway gateway = CountingGateway.at(redis, "limit=3", "window=31d")) {
            for (int i = 0; i < 60; i++) {
                assertThat(gateway.admitted("before-" + i, 5)).isEqualTo(3);
            }
            redis.stop(0);
            for (int i = 0; i < 60; i++) {
                long before = System.nanoTime();
                assertThat(gateway.admitted("during-" + i, 5)).isEqualTo(3);
                assertThat(gateway.admitted("before-" + i, 5)).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(DEADLINE.multipliedBy(2));
            }
            long killed = System.nanoTime();
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (int i = 0; i < 60; i++) {
                    try {
                        gateway.look("before-" + i, 1);
                    } catch (RuntimeException e) {
                        return false;
                    }
                }
                return true;
            });
            assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(15));
            for (int i = 0; i < 60; i++) {
                String key = "during-" + i;
                Awaitility.await()
                        .atMost(BACK)
                        .until(() -> gateway.look(key, 1).remaining() == 0
                                || gateway.admitted(key, 1) == 0
                                        && gateway.look(key, 1).remaining() == 0);
            }
        }
    }
}
