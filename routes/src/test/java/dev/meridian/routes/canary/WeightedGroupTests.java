package dev.meridian.routes.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.testkit.random.SeededRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightedGroupTests {

    private static final int KEYS = 10_000;

    // ---- by chance

    @ParameterizedTest
    @CsvSource({"0, a", "0.499, a", "0.5, b", "0.799, b", "0.8, c", "0.999999, c", "1, c", "7, c"})
    void at_fraction_isTheRouteWhoseShareItFallsInto(double fraction, String expected) {
        assertThat(group("a", 5, "b", 3, "c", 2).at(fraction)).isEqualTo(expected);
    }

    @Test
    void at_random_sharesAsTheWeightsSay() {
        WeightedGroup group = group("a", 7, "b", 2, "c", 1);
        SeededRandom random = new SeededRandom(7);

        assertShares(counts(i -> group.at(random.nextDouble())), Map.of("a", 7000, "b", 2000, "c", 1000));
    }

    @Test
    void at_routeWithoutWeight_isNeverChosen() {
        WeightedGroup group = group("none", 0, "a", 1, "never", 0);

        for (double fraction = 0; fraction < 1; fraction += 0.01) {
            assertThat(group.at(fraction)).isEqualTo("a");
        }
    }

    // ---- by a key

    @Test
    void of_keys_areSharedAsTheWeightsSay() {
        WeightedGroup group = group("stable", 90, "canary", 10);

        assertShares(counts(i -> group.of("client-" + i)), Map.of("stable", 9000, "canary", 1000));
    }

    @Test
    void of_keysOfThreeRoutes_areSharedAsTheWeightsSay() {
        WeightedGroup group = group("a", 5, "b", 3, "c", 2);

        assertShares(counts(i -> group.of("10.0." + i / 256 + "." + i % 256)), Map.of("a", 5000, "b", 3000, "c", 2000));
    }

    @Test
    void of_routeWithoutWeight_isNeverChosen() {
        WeightedGroup group = group("a", 1, "never", 0);

        assertThat(counts(i -> group.of("k" + i))).isEqualTo(new TreeMap<>(Map.of("a", KEYS)));
    }

    /** Worked out by another program: gateways of different versions must choose alike. */
    @ParameterizedTest
    @CsvSource({
        "'', b",
        "client-1, c",
        "client-2, c",
        "client-3, a",
        "client-4, c",
        "203.0.113.7, a",
        "é, a",
        "2001:db8:0:0:0:0:0:1, a"
    })
    void of_knownKeys_neverChange(String key, String expected) {
        assertThat(group("a", 5, "b", 3, "c", 2).of(key)).isEqualTo(expected);
    }

    /** Also on another gateway, which may know the routes in another order, and for shares that mean the same. */
    @ParameterizedTest
    @ValueSource(strings = {"", "client-1", "203.0.113.7", "é"})
    void of_key_followsFromKeyAndRoutesAlone(String key) {
        String chosen = group("a", 5, "b", 3, "c", 2).of(key);

        assertThat(group("c", 2, "b", 3, "a", 5).of(key)).isEqualTo(chosen);
        assertThat(group("b", 300, "c", 200, "a", 500).of(key)).isEqualTo(chosen);
    }

    @Test
    void of_percentageRaised_movesTheDifferenceAndNoneTheOtherWay() {
        WeightedGroup before = group("stable", 90, "canary", 10);
        WeightedGroup after = group("stable", 80, "canary", 20);

        Map<String, Integer> moves = moves(before, after);

        assertThat(moves).containsOnlyKeys("stable>canary");
        assertThat(moves.getOrDefault("stable>canary", 0) / (double) KEYS).isCloseTo(0.10, within(0.01));
    }

    /** Each step of a roll-out keeps who is there already. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10, 25, 50, 75, 99, 100})
    void of_rollOutStepByStep_neverSendsAnybodyBack(int percent) {
        Map<String, Integer> moves = moves(
                group("stable", 100 - percent + 1, "canary", percent - 1),
                group("stable", 100 - percent, "canary", percent));

        assertThat(moves.keySet()).isSubsetOf("stable>canary");
    }

    @Test
    void of_routeRemoved_movesItsShareAlone() {
        Map<String, Integer> moves = moves(group("a", 5, "b", 3, "c", 2), group("a", 5, "b", 3));

        assertThat(moves).containsOnlyKeys("c>a", "c>b");
        assertThat(moves.getOrDefault("c>a", 0) / (double) KEYS).isCloseTo(0.2 * 5 / 8, within(0.02));
        assertThat(moves.getOrDefault("c>b", 0) / (double) KEYS).isCloseTo(0.2 * 3 / 8, within(0.02));
    }

    @Test
    void of_routeAdded_takesItsShareAlone() {
        Map<String, Integer> moves = moves(group("a", 5, "b", 3), group("a", 5, "b", 3, "c", 2));

        assertThat(moves).containsOnlyKeys("a>c", "b>c");
        assertThat((moves.getOrDefault("a>c", 0) + moves.getOrDefault("b>c", 0)) / (double) KEYS)
                .isCloseTo(0.2, within(0.02));
    }

    /** Clients of one group's canary must not be those of another's. */
    @Test
    void of_twoGroups_chooseIndependently() {
        WeightedGroup one = group("orders-stable", 90, "orders-canary", 10);
        WeightedGroup other = group("stock-stable", 90, "stock-canary", 10);

        long both = IntStream.range(0, KEYS)
                .filter(i -> one.of("k" + i).equals("orders-canary")
                        && other.of("k" + i).equals("stock-canary"))
                .count();

        assertThat(both / (double) KEYS).isCloseTo(0.01, within(0.004));
    }

    @Test
    void create_noWeightAtAll_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> group("a", 0))
                .withMessage("weights: {a=0} (expected: one above 0 at least)");
    }

    private static Map<String, Integer> moves(WeightedGroup before, WeightedGroup after) {
        Map<String, Integer> moves = new TreeMap<>();
        for (int i = 0; i < KEYS; i++) {
            String from = before.of("client-" + i);
            String to = after.of("client-" + i);
            if (!from.equals(to)) {
                moves.merge(from + ">" + to, 1, Integer::sum);
            }
        }
        return moves;
    }

    private static Map<String, Integer> counts(IntFunction<String> choice) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < KEYS; i++) {
            counts.merge(choice.apply(i), 1, Integer::sum);
        }
        return counts;
    }

    private static void assertShares(Map<String, Integer> counts, Map<String, Integer> expected) {
        assertThat(counts).containsOnlyKeys(expected.keySet());
        expected.forEach((route, count) -> assertThat(counts.getOrDefault(route, 0))
                .as("%s of %s", route, counts)
                .isCloseTo(count, within(count / 10)));
    }

    private static WeightedGroup group(Object... routesAndWeights) {
        Map<String, Integer> weights = new LinkedHashMap<>();
        for (int i = 0; i < routesAndWeights.length; i += 2) {
            weights.put((String) routesAndWeights[i], (Integer) routesAndWeights[i + 1]);
        }
        return new WeightedGroup(weights);
    }
}
