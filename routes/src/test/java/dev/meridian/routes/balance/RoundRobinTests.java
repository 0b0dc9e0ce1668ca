package dev.meridian.routes.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meridian.routes.upstream.Lab;
import dev.meridian.testkit.random.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundRobinTests {

    private static final RandomGenerator NO_CHANCE = () -> {
        throw new AssertionError("chance plays no part");
    };

    @ParameterizedTest
    @CsvSource({
        "5 1 1, a a a b c a a",
        "1, a a a",
        "1000, a a a",
        "1 1 1, a b c a b c",
        "2 1, a b a a b a",
        "10 20, b a b b a b",
        "3 2 1, a b a c b a",
        "300 200 100, a b a c b a",
    })
    void choose_weights_goesRoundInTheSmoothOrder(String weights, String expected) {
        RoundRobin roundRobin = roundRobin(weights);

        assertThat(expected.split(" "))
                .allSatisfy(name -> assertThat(choose(roundRobin)).isEqualTo(name));
    }

    @Test
    void choose_randomWeights_givesEachItsExactShareInEveryTurn() {
        SeededRandom random = new SeededRandom(42);
        for (int table = 0; table < 50; table++) {
            int[] weights = random.ints(random.nextInt(1, 8), 1, 41).toArray();
            int divisor = Arrays.stream(weights).reduce(0, RoundRobinTests::gcd);
            int turn = Arrays.stream(weights).sum() / divisor;
            RoundRobin roundRobin = new RoundRobin(candidates(weights));
            for (int n = 0; n < 3; n++) {
                Map<String, Integer> chosen = new HashMap<>();
                for (int i = 0; i < turn; i++) {
                    chosen.merge(choose(roundRobin), 1, Integer::sum);
                }
                Map<String, Integer> expected = new HashMap<>();
                for (int i = 0; i < weights.length; i++) {
                    expected.put(name(i), weights[i] / divisor);
                }
                assertThat(chosen).as("weights %s", Arrays.toString(weights)).isEqualTo(expected);
            }
        }
    }

    @Test
    void choose_manyWeights_neverRunsAheadOfTheShareByMoreThanOne() {
        int[] weights = {50, 30, 15, 5};
        RoundRobin roundRobin = new RoundRobin(candidates(weights));
        int[] chosen = new int[weights.length];

        for (int step = 1; step <= 100; step++) {
            chosen[choose(roundRobin).charAt(0) - 'a']++;
            for (int i = 0; i < weights.length; i++) {
                assertThat(chosen[i] - step * weights[i] / 100.0)
                        .as("endpoint %s after %s steps", name(i), step)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void choose_fourThreads_countsEveryChoiceOnce() throws Exception {
        RoundRobin roundRobin = roundRobin("5 1 1");
        Map<String, Integer> chosen = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch ready = new CountDownLatch(4);
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    for (int i = 0; i < 7_000; i++) {
                        chosen.merge(choose(roundRobin), 1, Integer::sum);
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(20, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(chosen).isEqualTo(Map.of("a", 20_000, "b", 4_000, "c", 4_000));
    }

    @Test
    void constructor_noEndpoints_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(RoundRobinTests::candidates)
                .withMessage("0 endpoints, 0 weights (expected: one for each, not none)");
    }

    private static RoundRobin roundRobin(String weights) {
        return new RoundRobin(candidates(
                Arrays.stream(weights.split(" ")).mapToInt(Integer::parseInt).toArray()));
    }

    private static String choose(RoundRobin roundRobin) {
        return roundRobin.choose(Lab.request(), NO_CHANCE, 0).endpoint().host();
    }

    private static Candidates candidates(int... weights) {
        return Pool.of(weights).candidates();
    }

    private static String name(int i) {
        return String.valueOf((char) ('a' + i));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
