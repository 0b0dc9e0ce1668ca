package dev.meridian.routes.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.hash.Hashes;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BalancersTests {

    private static final int MANY = 10_000;

    private final Lab lab = new Lab();

    // ---- by weight

    @ParameterizedTest
    @CsvSource({
        "ROUND_ROBIN, 1 1 1",
        "ROUND_ROBIN, 5 3 2",
        "ROUND_ROBIN, 80 20",
        "ROUND_ROBIN, 7",
        "ROUND_ROBIN, 1 2 3 4 5 6",
        "RANDOM, 1 1 1",
        "RANDOM, 5 3 2",
        "RANDOM, 80 20",
        "RANDOM, 7",
        "RANDOM, 1 2 3 4 5 6",
        "LEAST_REQUEST, 1 1 1",
        "LEAST_REQUEST, 5 3 2",
        "LEAST_REQUEST, 80 20",
        "LEAST_REQUEST, 7",
        "RESOURCE, 1 1 1",
        "RESOURCE, 5 3 2",
        "RESOURCE, 80 20",
        "RESOURCE, 7",
        "LEAST_RESPONSE_TIME, 1 1 1",
        "LEAST_RESPONSE_TIME, 5 3 2",
        "LEAST_RESPONSE_TIME, 80 20",
    })
    void choose_idleEndpoints_areChosenByWeight(BalanceAlgorithm algorithm, String weights) {
        Pool pool = pool(weights);

        assertShares(pool, Pool.count(balancer(algorithm, pool), MANY, lab), 0.1);
    }

    @Test
    void choose_hashOfManyKeys_isByWeight() {
        Pool pool = Pool.of(5, 3, 2);

        assertShares(pool, count(hash(pool, pool.candidates()), MANY), 0.1);
    }

    /** Requests that take time, as many at once as an open client has: by weight, if all are as fast for their weight. */
    @ParameterizedTest
    @CsvSource({"LEAST_REQUEST, 40", "LEAST_REQUEST, 200", "RESOURCE, 200", "ROUND_ROBIN, 40", "RANDOM, 40"})
    void choose_busyEndpointsAlike_areChosenAlike(BalanceAlgorithm algorithm, int concurrency) {
        Pool pool = Pool.of(1, 1, 1, 1);

        assertShares(pool, run(balancer(algorithm, pool), concurrency, endpoint -> 10), 0.1);
    }

    @ParameterizedTest
    @EnumSource
    void of_anyAlgorithm_choosesTheOnlyOne(BalanceAlgorithm algorithm) {
        Pool pool = Pool.of(3);

        assertThat(Pool.count(balancer(algorithm, pool), 10, lab)).isEqualTo(Map.of("a", 10));
    }

    @ParameterizedTest
    @EnumSource
    void of_anyAlgorithm_choosesOnlyCandidates(BalanceAlgorithm algorithm) {
        Pool pool = Pool.alike(6);
        Candidates left = pool.without("a", "c", "f");
        Balancer balancer = Balancers.of(algorithm, pool.region(), left, null);

        assertThat(Lab.count(
                        1000,
                        i -> balancer.choose(Lab.request(null, lab.random.nextLong()), lab.random, 1)
                                .endpoint()
                                .host()))
                .containsOnlyKeys("b", "d", "e");
    }

    @Test
    void candidates_noneOrWeightsAmiss_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Candidates(
                        new LiveEndpoint[0], new double[0], Pool.of(1).region().state()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Candidates(
                        new LiveEndpoint[] {Pool.of(1).get("a")},
                        new double[2],
                        Pool.of(1).region().state()))
                .withMessage("1 endpoints, 2 weights (expected: one for each, not none)");
    }

    /** Weights of what returns are no whole numbers. */
    @Test
    void choose_fractionalWeights_areKept() {
        Pool pool = new Pool(Pool.of(1, 1, 1).region(), new double[] {1, 0.1, 0.37});

        assertShares(pool, Pool.count(balancer(BalanceAlgorithm.ROUND_ROBIN, pool), MANY, lab), 0.1);
        assertShares(pool, Pool.count(balancer(BalanceAlgorithm.RANDOM, pool), MANY, lab), 0.1);
    }

    // ---- least-request

    @Test
    void leastRequest_busyOne_isLeftAlone() {
        Pool pool = Pool.of(1, 1);
        start(pool.get("a"), 3);

        assertThat(Pool.count(balancer(BalanceAlgorithm.LEAST_REQUEST, pool), 100, lab))
                .isEqualTo(Map.of("b", 100));
    }

    @ParameterizedTest
    @CsvSource({"4, 2, a", "6, 1, b", "5, 2, a", "2, 0, b"})
    void leastRequest_requestsUnderWay_countByWeight(int activeA, int activeB, String expected) {
        Pool pool = Pool.of(3, 1);
        start(pool.get("a"), activeA);
        start(pool.get("b"), activeB);

        // The lighter one is looked at as often as its weight says: it gets more than that, but not everything.
        assertThat(Pool.count(balancer(BalanceAlgorithm.LEAST_REQUEST, pool), 100, lab)
                        .get(expected))
                .isGreaterThanOrEqualTo(expected.equals("a") ? 100 : 35);
    }

    @Test
    void leastRequest_slowOne_getsLess() {
        Pool pool = Pool.of(1, 1, 1, 1);
        Map<String, Integer> chosen =
                run(balancer(BalanceAlgorithm.LEAST_REQUEST, pool), 40, endpoint -> is(endpoint, "a") ? 100 : 10);

        assertThat(share(chosen, "a")).isBetween(0.01, 0.15);
    }

    // ---- least-response-time

    @Test
    void leastResponseTime_slowOne_getsLittleButSomething() {
        Pool pool = Pool.of(1, 1, 1, 1);
        Map<String, Integer> chosen =
                run(balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool), 8, endpoint -> is(endpoint, "a") ? 100 : 10);

        assertThat(share(chosen, "a")).isBetween(1.0 / MANY, 0.06);
    }

    @Test
    void leastResponseTime_allAlike_shareAlike() {
        Pool pool = Pool.of(1, 1, 1, 1);
        Map<String, Integer> chosen =
                run(balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool), 40, endpoint -> lab.random.nextLong(9, 12));

        assertThat(chosen.values()).allSatisfy(n -> assertThat(share(n)).isCloseTo(0.25, within(0.04)));
    }

    /** A new one beside three that are known and busy: it must not get everything because nothing is known of it. */
    @Test
    void leastResponseTime_newOne_isNotFlooded() {
        Pool pool = Pool.of(1, 1, 1, 1);
        long now = lab.ticker.getAsLong();
        for (String name : List.of("b", "c", "d")) {
            Lab.answered(pool.get(name), 10_000_000, now);
        }
        Map<String, Integer> chosen = run(balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool), 20, endpoint -> 10);

        assertThat(share(chosen, "a")).isCloseTo(0.25, within(0.05));
    }

    /** Before it has answered even once, only what is under way holds it back. */
    @Test
    void leastResponseTime_newOneThatNeverAnswers_isNotFlooded() {
        Pool pool = Pool.of(1, 1, 1, 1);
        long now = lab.ticker.getAsLong();
        for (String name : List.of("b", "c", "d")) {
            Lab.answered(pool.get(name), 10_000_000, now);
        }
        Map<String, Integer> chosen = run(
                balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool),
                20,
                endpoint -> is(endpoint, "a") ? 1_000_000_000 : 10);

        assertThat(chosen.get("a")).isLessThanOrEqualTo(20);
        assertThat(share(chosen, "a")).isPositive();
    }

    @Test
    void leastResponseTime_nothingKnown_isByWeight() {
        Pool pool = Pool.of(3, 1);

        assertShares(pool, Pool.count(balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool), MANY, lab), 0.1);
    }

    /** What was slow once is tried again: an old average means less and less. */
    @Test
    void leastResponseTime_slowOneIsIdleForLong_isTriedAgain() {
        Pool pool = Pool.of(1, 1);
        Balancer balancer = balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool);
        Lab.answered(pool.get("a"), 1_000_000_000, lab.ticker.getAsLong());
        for (int i = 0; i < 100; i++) {
            lab.ticker.advance(Duration.ofMillis(200));
            Lab.answered(pool.get("b"), 10_000_000, lab.ticker.getAsLong());
        }
        Map<String, Integer> soon = Pool.count(balancer, 1000, lab);
        for (int i = 0; i < 600; i++) {
            lab.ticker.advance(Duration.ofMillis(200));
            Lab.answered(pool.get("b"), 10_000_000, lab.ticker.getAsLong());
        }
        Map<String, Integer> later = Pool.count(balancer, 1000, lab);

        assertThat(soon).isEqualTo(Map.of("b", 1000));
        assertThat(later.getOrDefault("a", 0)).isPositive();
    }

    /** An idle fast one does not win everything from another that is a little slower. */
    @Test
    void leastResponseTime_differenceIsNoise_doesNotDecide() {
        Pool pool = Pool.of(1, 1);
        Lab.answered(pool.get("a"), 10_000_000, lab.ticker.getAsLong());
        Lab.answered(pool.get("b"), 10_500_000, lab.ticker.getAsLong());

        assertThat(share(Pool.count(balancer(BalanceAlgorithm.LEAST_RESPONSE_TIME, pool), MANY, lab), "a"))
                .isCloseTo(0.5, within(0.03));
    }

    // ---- resource

    @Test
    void resource_lowerReport_isChosen() {
        Pool pool = Pool.of(1, 1);
        report(pool, "a", 0.9);
        report(pool, "b", 0.2);

        assertThat(Pool.count(balancer(BalanceAlgorithm.RESOURCE, pool), 100, lab))
                .containsOnlyKeys("b");
    }

    @Test
    void resource_lastReport_counts() {
        Pool pool = Pool.of(1, 1);
        report(pool, "a", 0.9);
        report(pool, "b", 0.2);
        lab.ticker.advance(Duration.ofSeconds(1));
        report(pool, "a", 0.1);

        assertThat(Pool.count(balancer(BalanceAlgorithm.RESOURCE, pool), 100, lab))
                .containsOnlyKeys("a");
    }

    @Test
    void resource_sentSinceTheReport_counts() {
        Pool pool = Pool.of(1, 1);
        report(pool, "a", 0.5);
        report(pool, "b", 0.2);
        start(pool.get("b"), 4);

        assertThat(Pool.count(balancer(BalanceAlgorithm.RESOURCE, pool), 100, lab))
                .containsOnlyKeys("a");
    }

    /** One that reports nothing is neither preferred nor shunned. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resource_reportMissingOrStale_onlyRequestsUnderWayCount(boolean stale) {
        Pool pool = Pool.of(1, 1);
        if (stale) {
            report(pool, "a", 0.01);
            lab.ticker.advance(Duration.ofMinutes(4));
        }
        report(pool, "b", 0.9);
        Balancer balancer = balancer(BalanceAlgorithm.RESOURCE, pool);

        assertThat(share(Pool.count(balancer, MANY, lab), "a")).isCloseTo(0.5, within(0.03));
        start(pool.get("a"), 1);
        assertThat(Pool.count(balancer, 100, lab)).containsOnlyKeys("b");
    }

    @Test
    void resource_idleOne_doesNotGetEverythingUntilItReportsAgain() {
        Pool pool = Pool.of(1, 1);
        report(pool, "a", 0);
        report(pool, "b", 0.02);
        start(pool.get("a"), 5);

        assertThat(Pool.count(balancer(BalanceAlgorithm.RESOURCE, pool), 100, lab))
                .containsOnlyKeys("b");
    }

    // ---- hash

    @Test
    void hash_sameKey_isTheSameEndpoint() {
        Pool pool = Pool.alike(10);
        Balancer balancer = hash(pool, pool.candidates());
        Balancer another = hash(Pool.alike(10), Pool.alike(10).candidates());
        for (int key = 0; key < 1000; key++) {
            String host = host(balancer, key);
            assertThat(host(balancer, key)).isEqualTo(host);
            assertThat(host(another, key)).as("on another gateway").isEqualTo(host);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10, 20})
    void hash_oneIsAdded_movesNoMoreKeysThanItsShare(int size) {
        assertMoved(Pool.alike(size), Pool.alike(size + 1), 1.2 / (size + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 10, 20})
    void hash_oneIsRemoved_movesNoMoreKeysThanItsShare(int size) {
        assertMoved(Pool.alike(size), Pool.alike(size - 1), 1.2 / size);
    }

    private void assertMoved(Pool before, Pool after, double most) {
        Balancer first = hash(before, before.candidates());
        Balancer second = hash(after, after.candidates());
        int moved = 0;
        for (int key = 0; key < MANY; key++) {
            moved += host(first, key).equals(host(second, key)) ? 0 : 1;
        }
        assertThat(moved / (double) MANY).isPositive().isLessThanOrEqualTo(most);
    }

    @Test
    void hash_oneIsOut_movesOnlyItsKeys() {
        Pool pool = Pool.alike(5);
        Balancer all = hash(pool, pool.candidates());
        Balancer left = hash(pool, pool.without("c"));
        for (int key = 0; key < MANY; key++) {
            String before = host(all, key);
            if (before.equals("c")) {
                assertThat(host(left, key)).isNotEqualTo("c");
            } else {
                assertThat(host(left, key)).isEqualTo(before);
            }
        }
    }

    @Test
    void hash_oneIsOut_spreadsItsKeysOverAll() {
        Pool pool = Pool.alike(5);
        Balancer all = hash(pool, pool.candidates());
        Balancer left = hash(pool, pool.without("c"));
        List<String> taken = new ArrayList<>();
        for (int key = 0; key < MANY; key++) {
            if (host(all, key).equals("c")) {
                taken.add(host(left, key));
            }
        }

        assertThat(taken).contains("a", "b", "d", "e");
    }

    @Test
    void hash_oneHotKey_goesOnWhenItsEndpointIsOverloaded() {
        Pool pool = Pool.alike(4);
        Balancer balancer = hash(pool, pool.candidates());
        Map<String, Integer> chosen = Lab.count(200, i -> {
            LiveEndpoint endpoint = balancer.choose(Lab.request(null, 7), lab.random, 0);
            endpoint.onStart();
            return endpoint.endpoint().host();
        });

        assertThat(chosen.values()).allSatisfy(n -> assertThat(n).isLessThanOrEqualTo(63)); // 1.25 x 200 / 4
        assertThat(chosen).hasSize(4);
    }

    @Test
    void hash_nearlyIdle_keepsKeysWhereTheyBelong() {
        Pool pool = Pool.alike(10);
        Balancer balancer = hash(pool, pool.candidates());
        String home = host(balancer, 7);
        start(pool.get(home), 7);
        assertThat(host(balancer, 7)).isEqualTo(home);

        start(pool.get(home), 1);
        assertThat(host(balancer, 7)).isNotEqualTo(home);
    }

    // ---- helpers

    private static void report(Pool pool, String name, double utilisation, long now) {
        pool.get(name).state().utilisation().add(utilisation, now);
    }

    private void report(Pool pool, String name, double utilisation) {
        report(pool, name, utilisation, lab.ticker.getAsLong());
    }

    private static void start(LiveEndpoint endpoint, int times) {
        for (int i = 0; i < times; i++) {
            endpoint.onStart();
        }
    }

    private static boolean is(LiveEndpoint endpoint, String name) {
        return endpoint.endpoint().host().equals(name);
    }

    private Map<String, Integer> count(Balancer balancer, int choices) {
        return Lab.count(choices, key -> host(balancer, key));
    }

    private String host(Balancer balancer, int key) {
        return balancer.choose(Lab.request(null, Hashes.of("key" + key)), lab.random, 0)
                .endpoint()
                .host();
    }

    private static Balancer hash(Pool pool, Candidates candidates) {
        return Balancers.of(BalanceAlgorithm.HASH, pool.region(), candidates, new HashRing(pool.region()));
    }

    private static Balancer balancer(BalanceAlgorithm algorithm, Pool pool) {
        return Balancers.of(algorithm, pool.region(), pool.candidates(), null);
    }

    private static Pool pool(String weights) {
        return Pool.of(
                Arrays.stream(weights.split(" ")).mapToInt(Integer::parseInt).toArray());
    }

    /** Clients that ask again as soon as they are answered; each endpoint answers in its time, in milliseconds. */
    private Map<String, Integer> run(Balancer balancer, int concurrency, ToLongFunction<LiveEndpoint> millis) {
        record Request(LiveEndpoint endpoint, long took, long endsAt) {}
        Queue<Request> underWay = new java.util.PriorityQueue<>(java.util.Comparator.comparingLong(Request::endsAt));
        long begin = lab.ticker.getAsLong();
        return Lab.count(MANY, i -> {
            if (underWay.size() == concurrency) {
                Request first = java.util.Objects.requireNonNull(underWay.poll());
                lab.ticker.advance(Duration.ofNanos(Math.max(0, first.endsAt() + begin - lab.ticker.getAsLong())));
                first.endpoint().onResponse(200, first.took(), lab.ticker.getAsLong());
                first.endpoint().onEnd();
            }
            LiveEndpoint chosen = balancer.choose(Lab.request(), lab.random, lab.ticker.getAsLong());
            chosen.onStart();
            long took = millis.applyAsLong(chosen) * 1_000_000L + lab.random.nextInt(1_000_000);
            underWay.add(new Request(chosen, took, lab.ticker.getAsLong() - begin + took));
            return chosen.endpoint().host();
        });
    }

    private static double share(int count) {
        return count / (double) MANY;
    }

    private static double share(Map<String, Integer> chosen, String name) {
        return share(chosen.getOrDefault(name, 0));
    }

    private static void assertShares(Pool pool, Map<String, Integer> chosen, double relative) {
        double sum = Arrays.stream(pool.weights()).sum();
        for (int i = 0; i < pool.weights().length; i++) {
            double expected = pool.weights()[i] / sum;
            assertThat(share(chosen, Pool.name(i))).as(Pool.name(i)).isCloseTo(expected, within(expected * relative));
        }
    }
}
