package dev.meridian.routes.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meridian.routes.definition.BreakerScope;
import dev.meridian.routes.definition.CallWindow;
import dev.meridian.routes.definition.CircuitBreakerDefinition;
import dev.meridian.routes.definition.Percent;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.upstream.TickerClock;
import dev.meridian.testkit.random.SeededRandom;
import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTests {

    private static final long QUICK = Duration.ofMillis(10).toNanos();

    private final FakeTicker ticker = new FakeTicker(0);
    private final List<BreakerChange> changes = new ArrayList<>();
    private final Breakers breakers = new Breakers(new TickerClock(ticker), new SeededRandom(1), changes::add);

    private static CircuitBreakerDefinition settings(String window, @Nullable Duration slow, Duration openFor) {
        return new CircuitBreakerDefinition(
                BreakerScope.REGION,
                CallWindow.of(window),
                4,
                new Percent(0.5),
                new Percent(0.5),
                slow,
                List.of(StatusRange.of("5xx")),
                openFor,
                Duration.ofSeconds(8),
                2);
    }

    private Breaker breaker() {
        return breakers.get("orders", "eu", settings("10", null, Duration.ofSeconds(1)));
    }

    private static void answers(Breaker breaker, int count, int status, long nanos) {
        for (int i = 0; i < count; i++) {
            breaker.sent().onResponse(status, nanos);
        }
    }

    private Breaker open() {
        Breaker breaker = breaker();
        answers(breaker, 4, 503, QUICK);
        return breaker;
    }

    @Test
    void belowTheMinimum_staysClosedWhateverHappens() {
        Breaker breaker = breaker();
        answers(breaker, 3, 503, QUICK);

        assertThat(breaker.passes()).isTrue();
        assertThat(breaker.view().failureRate()).isNegative();
    }

    @Test
    void halfOfTheRequestsFail_opensAndSaysWithWhichNumbers() {
        Breaker breaker = breaker();
        answers(breaker, 2, 200, QUICK);
        answers(breaker, 2, 500, QUICK);

        assertThat(breaker.passes()).isFalse();
        assertThat(changes).hasSize(1);
        BreakerChange change = changes.get(0);
        assertThat(change.upstream()).isEqualTo("orders");
        assertThat(change.what()).isEqualTo("eu");
        assertThat(change.before()).isEqualTo(BreakerState.CLOSED);
        assertThat(change.now()).isEqualTo(BreakerState.OPEN);
        assertThat(change.reason()).startsWith("2 of 4 requests failed; open for ");
        assertThat(breaker.view().remainingMillis()).isBetween(900L, 1_100L);
    }

    @Test
    void statusesThatDoNotCount_andAbandonedRequests_neverOpenIt() {
        Breaker breaker = breaker();
        answers(breaker, 20, 404, QUICK);
        for (int i = 0; i < 20; i++) {
            breaker.sent().onEnd();
        }

        assertThat(breaker.passes()).isTrue();
        assertThat(breaker.view().calls()).isEqualTo(10);
    }

    @Test
    void failuresWithoutAnAnswer_countOnceEach() {
        Breaker breaker = breaker();
        for (int i = 0; i < 3; i++) {
            Breaker.Sent sent = breaker.sent();
            sent.onFailure();
            sent.onFailure();
            sent.onEnd();
        }

        assertThat(breaker.view().calls()).isEqualTo(3);
    }

    @Test
    void slowRequests_openItToo() {
        Breaker breaker = breakers.get("orders", "eu", settings("10", Duration.ofMillis(100), Duration.ofSeconds(1)));
        answers(breaker, 2, 200, QUICK);
        answers(breaker, 2, 200, Duration.ofMillis(150).toNanos());

        assertThat(breaker.passes()).isFalse();
        assertThat(changes.get(0).reason()).contains("0 of 4 requests failed, 2 took longer than 100 ms");
    }

    @Test
    void timeWindow_forgetsWhatIsLongAgo() {
        Breaker breaker = breakers.get("orders", "eu", settings("2s", null, Duration.ofSeconds(1)));
        answers(breaker, 3, 503, QUICK);
        ticker.advance(Duration.ofSeconds(3));
        answers(breaker, 3, 200, QUICK);
        answers(breaker, 1, 503, QUICK);

        assertThat(breaker.passes()).isTrue();
    }

    @Test
    void open_letsNothingPassUntilItsTimeIsOver_thenAFew() {
        Breaker breaker = open();
        ticker.advance(Duration.ofMillis(850));
        assertThat(breaker.tryPass()).isFalse();

        ticker.advance(Duration.ofMillis(300));
        assertThat(breaker.tryPass()).isTrue();
        assertThat(breaker.tryPass()).isTrue();
        assertThat(breaker.tryPass()).isFalse();
        assertThat(breaker.passes()).isFalse();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @Test
    void halfOpen_theFewGoWell_closes() {
        Breaker breaker = open();
        ticker.advance(Duration.ofMillis(1_200));
        passed(breaker).onResponse(200, QUICK);
        passed(breaker).onResponse(200, QUICK);

        assertThat(breaker.passes()).isTrue();
        assertThat(changes)
                .extracting(BreakerChange::now)
                .containsExactly(BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED);
        assertThat(changes.get(2).reason()).isEqualTo("2 requests went well");
    }

    private static Breaker.Sent passed(Breaker breaker) {
        assertThat(breaker.tryPass()).isTrue();
        return breaker.sent();
    }

    @Test
    void halfOpen_oneIsAbandoned_anotherMayPassInItsStead() {
        Breaker breaker = open();
        ticker.advance(Duration.ofMillis(1_200));
        passed(breaker).onEnd();
        passed(breaker).onResponse(200, QUICK);
        passed(breaker).onResponse(200, QUICK);

        assertThat(breaker.passes()).isTrue();
    }

    @Test
    void halfOpen_requestsFromBefore_sayNothing() {
        Breaker breaker = breaker();
        List<Breaker.Sent> late = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            late.add(breaker.sent());
        }
        open();
        ticker.advance(Duration.ofMillis(1_200));
        Breaker.Sent probe = passed(breaker);
        late.forEach(Breaker.Sent::onFailure);
        late.forEach(Breaker.Sent::onEnd);
        probe.onResponse(200, QUICK);
        passed(breaker).onResponse(200, QUICK);

        assertThat(breaker.passes()).isTrue();
    }

    @Test
    void failsAgainAndAgain_isOpenLongerEachTimeUpToTheLongest() {
        Breaker breaker = open();
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long remaining = breaker.view().remainingMillis();
            times.add(remaining);
            ticker.advance(Duration.ofMillis(remaining + 1));
            passed(breaker).onFailure();
            passed(breaker).onFailure();
        }

        double[] expected = {1_000, 2_000, 4_000, 8_000, 8_000, 8_000};
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) times.get(i)).isBetween(expected[i] * 0.9 - 1, expected[i] * 1.1 + 1);
        }
    }

    @Test
    void closedInBetween_beginsWithTheShortestTimeAgain() {
        Breaker breaker = open();
        ticker.advance(Duration.ofMillis(1_200));
        passed(breaker).onFailure();
        passed(breaker).onFailure();
        ticker.advance(Duration.ofMillis(2_300));
        passed(breaker).onResponse(200, QUICK);
        passed(breaker).onResponse(200, QUICK);
        answers(breaker, 4, 503, QUICK);

        assertThat(breaker.view().remainingMillis()).isBetween(900L, 1_100L);
    }

    @Test
    void ordered_open_staysSoUntilOrderedOtherwise() {
        Breaker breaker = breaker();
        breaker.order(BreakerState.FORCED_OPEN);
        ticker.advance(Duration.ofHours(1));
        assertThat(breaker.passes() || breaker.tryPass()).isFalse();
        assertThat(changes.get(0).reason()).isEqualTo("ordered");

        breaker.order(BreakerState.CLOSED);
        assertThat(breaker.passes()).isTrue();
    }

    @Test
    void ordered_disabled_neverOpens() {
        Breaker breaker = breaker();
        breaker.order(BreakerState.DISABLED);
        answers(breaker, 20, 503, QUICK);

        assertThat(breaker.passes()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"OPEN", "HALF_OPEN"})
    void ordered_whatComesByItself_isRefused(BreakerState state) {
        assertThatIllegalArgumentException().isThrownBy(() -> breaker().order(state));
    }

    // ---- when settings change

    @Test
    void get_sameSettings_isTheSame() {
        assertThat(breaker()).isSameAs(breaker());
    }

    @Test
    void get_otherSettings_staysOpen() {
        open();
        Breaker next = breakers.get("orders", "eu", settings("10", null, Duration.ofSeconds(2)));

        assertThat(next.passes()).isFalse();
        assertThat(next.view().remainingMillis()).isBetween(1_800L, 2_200L);
    }

    @ParameterizedTest
    @EnumSource(names = {"FORCED_OPEN", "DISABLED", "CLOSED"})
    void get_otherSettings_keepsWhatWasOrdered(BreakerState state) {
        breaker().order(state);
        Breaker next = breakers.get("orders", "eu", settings("10", null, Duration.ofSeconds(2)));

        assertThat(next.view().state()).isEqualTo(state);
    }

    @Test
    void retain_forgetsTheOthers() {
        Breaker eu = open();
        breakers.retain("orders", Set.of("us"));

        assertThat(breakers.views("orders")).isEqualTo(Map.of());
        assertThat(breaker()).isNotSameAs(eu);
    }
}
