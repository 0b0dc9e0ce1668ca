package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.SharedKey.Debt;
import dev.meridian.filters.ratelimit.SharedKey.Renewal;
import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.filters.ratelimit.redis.Fleet;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SharedKeyTests {

    private static final long SECOND = 1_000_000;
    private static final long WINDOW = 10 * SECOND;
    private static final int LIMIT = 10;
    /** The beginning of a window. */
    private static final long NOW = 1_000 * WINDOW;

    private static final long INDEX = NOW / WINDOW;

    private final Fleet fleet = new Fleet(() -> NOW, SECOND);

    private static Limits limits(Algorithm algorithm, long... limitsOfLongerAndLonger) {
        List<Rate> rates = IntStream.range(0, limitsOfLongerAndLonger.length)
                .mapToObj(i -> new Rate(limitsOfLongerAndLonger[i], (i + 1) * WINDOW))
                .toList();
        return new Limits("policy", algorithm, rates);
    }

    private static SharedKey key(Algorithm algorithm, long... limits) {
        return key("key", limits(algorithm, limits));
    }

    private static SharedKey key(String name, Limits limits) {
        return new SharedKey(name.getBytes(StandardCharsets.UTF_8), limits);
    }

    private static long[] counted(long index, long current, long previous) {
        return new long[] {index, current, previous};
    }

    private void size(int count, int rank) {
        fleet.onHeartbeat(count, rank, count, NOW, NOW);
    }

    private static <T> T there(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    // Refusals.

    @Test
    void refusal_holdsUntilItsTime() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        assertThat(key.refusal(NOW, 1)).isNull();
        Grant refused = key.onReply(0, NOW, NOW + SECOND, 1, counted(INDEX, LIMIT, 0), 0);
        assertThat(refused.waitMicros()).isEqualTo(9 * SECOND);
        Grant later = there(key.refusal(NOW + 3 * SECOND, 1));
        assertThat(later.admitted()).isFalse();
        assertThat(later.waitMicros()).isEqualTo(7 * SECOND);
        assertThat(key.refusal(NOW + WINDOW - 1, 1)).isNotNull();
        assertThat(key.refusal(NOW + WINDOW, 1)).isNull();
    }

    @Test
    void refusal_ofMany_saysNothingOfFewer() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.onReply(0, NOW, NOW, 5, counted(INDEX, LIMIT - 2, 0), 0);
        assertThat(key.refusal(NOW, 5)).isNotNull();
        assertThat(key.refusal(NOW, 6)).isNotNull();
        assertThat(key.refusal(NOW, 2)).isNull();
    }

    @Test
    void refusal_ofALongWindow_isAskedForAnewAfterTenSeconds() {
        SharedKey key = key(Algorithm.SLIDING_WINDOW, LIMIT, LIMIT);
        key.onReply(0, NOW, NOW, 1, new long[] {INDEX, 0, 0, NOW / (2 * WINDOW), LIMIT, 0}, 0);
        assertThat(key.refusal(NOW + 10 * SECOND - 1, 1)).isNotNull();
        assertThat(key.refusal(NOW + 10 * SECOND, 1)).isNull();
    }

    @Test
    void refusal_ofWhatCanNeverBeHad_saysSoEachTime() {
        SharedKey key = key(Algorithm.SLIDING_WINDOW, LIMIT);
        assertThat(key.onReply(0, NOW, NOW, LIMIT + 1, counted(INDEX, 0, 0), 0).waitMicros())
                .isEqualTo(Long.MAX_VALUE);
        assertThat(there(key.refusal(NOW + SECOND, LIMIT + 1)).waitMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void grant_orReset_endsARefusal() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.onReply(0, NOW, NOW, 1, counted(INDEX, LIMIT, 0), 0);
        key.onReply(1, NOW, NOW, 1, counted(INDEX, LIMIT, 0), 0);
        assertThat(key.refusal(NOW, 1)).isNull();
        key.onReply(0, NOW, NOW, 1, counted(INDEX, LIMIT, 0), 0);
        key.forget();
        assertThat(key.refusal(NOW, 1)).isNull();
    }

    // Units ahead.

    @Test
    void held_isSpentUntilItIsTooOld() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.onReply(1, NOW, NOW, 1, counted(INDEX, 4, 0), 0);
        assertThat(key.spend(NOW, 1)).isNull();
        assertThat(key.hold(NOW, 3, NOW, NOW + SECOND)).isNull();
        assertThat(there(key.spend(NOW + SECOND - 1, 2)).granted()).isEqualTo(2);
        assertThat(key.spend(NOW, 2)).as("more than is left").isNull();
        assertThat(key.spend(NOW + SECOND, 1)).as("too late").isNull();
        assertThat(key.renew(LIMIT)).isEqualTo(new Renewal(1, NOW, 2));
        assertThat(key.renew(LIMIT))
                .as("nothing is left, and nothing was spent")
                .isEqualTo(new Renewal(0, NOW, 0));
    }

    @Test
    void held_ofTwoWindows_formerIsGivenBackAsOfItsOwn() {
        SharedKey key = key(Algorithm.SLIDING_WINDOW, LIMIT);
        key.hold(NOW + WINDOW - 1, 5, NOW + WINDOW - 1, NOW + WINDOW);
        assertThat(key.hold(NOW + WINDOW, 3, NOW + WINDOW, NOW + WINDOW + SECOND))
                .isEqualTo(new Renewal(5, NOW + WINDOW - 1, 0));
        assertThat(key.renew(LIMIT).back()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void held_ofOneWindow_isOne_butForALogWhereEachTimeCounts(Algorithm algorithm) {
        SharedKey key = key(algorithm, LIMIT);
        key.hold(NOW, 2, NOW, NOW + SECOND);
        boolean log = algorithm == Algorithm.SLIDING_LOG;
        assertThat(key.hold(NOW + 1, 3, NOW + 1, NOW + 2 * SECOND)).isEqualTo(log ? new Renewal(2, NOW, 0) : null);
        assertThat(key.spend(NOW + SECOND, 1) == null)
                .as("too old for the former")
                .isEqualTo(!log);
        assertThat(key.renew(LIMIT).back()).isEqualTo(log ? 2 : 5);
    }

    @Test
    void held_putBack_isThereAgain_unlessItIsTooOld() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.hold(NOW, 2, NOW, NOW + SECOND);
        Grant spent = there(key.spend(NOW, 2));
        assertThat(key.unspend(NOW, spent)).isTrue();
        Grant again = there(key.spend(NOW, 2));
        assertThat(key.unspend(NOW + SECOND, again)).isFalse();
        key.renew(LIMIT);
        assertThat(key.unspend(NOW, again)).isFalse();
    }

    @Test
    void putBackOfAnotherInterval_asksForNothingLessThanNothing() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.hold(NOW, 2, NOW, NOW + SECOND);
        Grant spent = there(key.spend(NOW, 1));
        key.renew(LIMIT);
        key.hold(NOW, 1, NOW, NOW + SECOND);
        assertThat(key.unspend(NOW, spent)).isTrue();
        assertThat(key.renew(LIMIT)).isEqualTo(new Renewal(2, NOW, 0));
    }

    @Test
    void held_newOnes_endARefusal() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.onReply(0, NOW, NOW, 1, counted(INDEX, LIMIT, 0), 0);
        key.hold(NOW, 1, NOW, NOW + SECOND);
        assertThat(key.refusal(NOW, 1)).isNull();
    }

    @Test
    void ask_growsAsAllOfItIsSpentBeforeItsTime_oneAtATime() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, 100);
        assertThat(key.ask(NOW, 1, 5).wanted()).isEqualTo(1 + 1);
        assertThat(key.ask(NOW, 1, 5).wanted()).as("somebody fetches already").isEqualTo(1);
        key.hold(NOW, 1, NOW, NOW + SECOND);
        there(key.spend(NOW, 1));
        assertThat(key.ask(NOW, 1, 5).wanted()).isEqualTo(1 + 2);
        key.hold(NOW, 2, NOW, NOW + SECOND);
        there(key.spend(NOW, 2));
        assertThat(key.ask(NOW, 1, 3).wanted()).as("no more than may be held").isEqualTo(1 + 3);
        key.fetched();
        assertThat(key.ask(NOW, 2, 0).wanted())
                .as("too little for anybody to hold any")
                .isEqualTo(2);
    }

    @Test
    void ask_givesBackWhatIsTooOld_andGrowsNotForIt() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, 100);
        key.ask(NOW, 1, 5);
        key.hold(NOW, 1, NOW, NOW + SECOND);
        assertThat(key.ask(NOW + SECOND, 1, 5)).isEqualTo(new Renewal(1, NOW, 1 + 1));
    }

    // Without Redis.

    private int admittedOfPart(SharedKey key, int tries) {
        return IntStream.range(0, tries)
                .map(i -> key.takeOfPart(NOW, 1, fleet).granted())
                .sum();
    }

    @ParameterizedTest
    @EnumSource
    void parts_ofAllGateways_areTheWholeForEachKey(Algorithm algorithm) {
        for (String name : List.of("a", "b", "c")) {
            int sum = 0;
            for (int rank = 0; rank < 4; rank++) {
                size(4, rank);
                sum += admittedOfPart(key(name, limits(algorithm, LIMIT)), 20);
            }
            assertThat(sum).isEqualTo(LIMIT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SLIDING_WINDOW", "FIXED_WINDOW"})
    void part_beginsWithWhatRedisSaidLast(Algorithm algorithm) {
        size(2, 0);
        SharedKey key = key(algorithm, LIMIT);
        key.onReply(1, NOW, NOW, 1, counted(INDEX, 6, 0), 0);
        assertThat(admittedOfPart(key, 20)).isEqualTo(2);
    }

    @Test
    void part_ofALog_beginsWithWhatRedisSaidLast() {
        size(2, 0);
        SharedKey key = key(Algorithm.SLIDING_LOG, LIMIT);
        key.onReply(1, NOW, NOW, 1, new long[] {6, 0, NOW + WINDOW}, 0);
        assertThat(admittedOfPart(key, 20)).isEqualTo(2);
    }

    @Test
    void part_ofABucket_beginsWithWhatRedisSaidLast() {
        size(2, 0);
        SharedKey key = key(Algorithm.TOKEN_BUCKET, LIMIT);
        key.onReply(1, NOW, NOW, 1, new long[] {NOW, 6_000_000, 0}, 0);
        assertThat(admittedOfPart(key, 20)).isEqualTo(2);
    }

    @Test
    void part_policyChanges_whatHasPassedHasPassed() {
        size(1, 0);
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        assertThat(admittedOfPart(key, 6)).isEqualTo(6);
        key.change(NOW, "key:log".getBytes(StandardCharsets.UTF_8), limits(Algorithm.SLIDING_LOG, 8, 100));
        assertThat(key.name()).asString(StandardCharsets.UTF_8).isEqualTo("key:log");
        assertThat(admittedOfPart(key, 20)).isEqualTo(2);
        assertThat(there(key.settle(NOW)).extra()).containsExactly(8, 8);
    }

    @Test
    void debt_isToldOnce() {
        size(1, 0);
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.onReply(1, NOW, NOW, 1, counted(INDEX, 3, 0), 0);
        assertThat(key.owes()).isFalse();
        assertThat(key.rejoin(NOW)).isNull();
        key.takeOfPart(NOW, 2, fleet);
        key.takeOfPart(NOW, 1, fleet);
        assertThat(key.owes()).isTrue();
        Debt debt = there(key.settle(NOW));
        assertThat(debt.floor()).containsExactly(3);
        assertThat(debt.extra()).containsExactly(3);
        assertThat(key.owes()).isFalse();
        assertThat(key.settle(NOW)).isNull();
    }

    @Test
    void debt_thatCouldNotBeTold_isOwedOn_withWhatCameSince() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.takeOfPart(NOW, 2, fleet);
        Debt debt = key.settle(NOW);
        key.takeOfPart(NOW, 1, fleet);
        key.owe(NOW, debt);
        assertThat(there(key.rejoin(NOW)).extra()).containsExactly(3);
        key.owe(NOW, null);
        assertThat(key.owes()).isFalse();
    }

    @Test
    void debt_diesWithItsWindow() {
        SharedKey key = key(Algorithm.FIXED_WINDOW, LIMIT);
        key.takeOfPart(NOW, 2, fleet);
        assertThat(there(key.settle(NOW + WINDOW)).extra()).containsExactly(0);
    }

    @Test
    void givenBackOfThePart_isOwedNoMore() {
        size(1, 0);
        SharedKey key = key(Algorithm.SLIDING_WINDOW, LIMIT);
        Grant grant = key.takeOfPart(NOW, 4, fleet);
        key.takeOfPart(NOW, 6, fleet);
        key.giveBackPart(NOW, grant);
        assertThat(admittedOfPart(key, 20)).isEqualTo(4);
        assertThat(there(key.settle(NOW)).extra()).containsExactly(10);
    }

    @Test
    void refusedOfThePart_isNotOwed() {
        size(2, 0);
        SharedKey key = key(Algorithm.SLIDING_WINDOW, LIMIT);
        assertThat(key.takeOfPart(NOW, 6, fleet).admitted()).isFalse();
        assertThat(key.owes()).isFalse();
    }
}
