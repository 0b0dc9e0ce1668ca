package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveEstimateTests {

    private static final long CONFIGURED = TimeUnit.SECONDS.toNanos(30);

    private final KeepAliveEstimate estimate = new KeepAliveEstimate(CONFIGURED);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void maxIdle_nothingSeen_isWhatIsConfigured(long now) {
        assertThat(estimate.maxIdleNanos(now)).isEqualTo(CONFIGURED);
    }

    @Test
    void maxIdle_peerClosedAfterIdling_isFourFifthsOfThat() {
        estimate.onPeerClosed(seconds(10), 3, seconds(100));

        assertThat(estimate.maxIdleNanos(seconds(100))).isEqualTo(seconds(8));
    }

    @Test
    void maxIdle_clockAboutToOverflow_isTheSame() {
        long now = Long.MAX_VALUE - seconds(1);
        estimate.onPeerClosed(seconds(10), 3, now);

        assertThat(estimate.maxIdleNanos(now + seconds(2))).isEqualTo(seconds(8));
        assertThat(estimate.maxIdleNanos(now + seconds(61))).isEqualTo(CONFIGURED);
    }

    @Test
    void maxIdle_longerThanConfigured_staysConfigured() {
        estimate.onPeerClosed(seconds(60), 3, seconds(100));

        assertThat(estimate.maxIdleNanos(seconds(100))).isEqualTo(CONFIGURED);
    }

    @Test
    void maxIdle_evidence_countsForAMinute() {
        estimate.onPeerClosed(seconds(10), 3, seconds(100));

        assertThat(estimate.maxIdleNanos(seconds(160))).isEqualTo(seconds(8));
        assertThat(estimate.maxIdleNanos(seconds(160) + 1)).isEqualTo(CONFIGURED);
    }

    @Test
    void maxIdle_shorterEvidence_replacesAndLongerDoesNotUntilItIsOld() {
        estimate.onPeerClosed(seconds(10), 3, seconds(100));
        estimate.onPeerClosed(seconds(5), 3, seconds(110));
        assertThat(estimate.maxIdleNanos(seconds(110))).isEqualTo(seconds(4));

        estimate.onPeerClosed(seconds(20), 3, seconds(120));
        assertThat(estimate.maxIdleNanos(seconds(120))).isEqualTo(seconds(4));

        estimate.onPeerClosed(seconds(20), 3, seconds(171));
        assertThat(estimate.maxIdleNanos(seconds(171))).isEqualTo(seconds(16));
    }

    @Test
    void maxIdle_closedAtOnce_isNoEvidenceOfATime() {
        estimate.onPeerClosed(TimeUnit.MILLISECONDS.toNanos(49), 7, seconds(100));

        assertThat(estimate.maxIdleNanos(seconds(100))).isEqualTo(CONFIGURED);
    }

    @Test
    void maxIdle_threeInARowServedOneRequest_isNotAtAll() {
        singleUse(100);
        singleUse(101);
        assertThat(estimate.maxIdleNanos(seconds(101))).isEqualTo(CONFIGURED);

        singleUse(102);

        assertThat(estimate.maxIdleNanos(seconds(102))).isZero();
        assertThat(estimate.maxIdleNanos(seconds(162))).isZero();
        assertThat(estimate.maxIdleNanos(seconds(163))).isEqualTo(CONFIGURED);
    }

    @Test
    void maxIdle_oneWasReused_countsFromTheBeginning() {
        singleUse(100);
        singleUse(101);
        estimate.onReused();
        singleUse(102);
        singleUse(103);

        assertThat(estimate.maxIdleNanos(seconds(103))).isEqualTo(CONFIGURED);
    }

    /** "It counts for a minute": something else that was seen must not prolong it. */
    @Test
    void maxIdle_evidenceOfATime_isNotProlongedByASingleUse() {
        estimate.onPeerClosed(seconds(10), 3, seconds(100));
        singleUse(155);

        assertThat(estimate.maxIdleNanos(seconds(161))).isEqualTo(CONFIGURED);
    }

    private void singleUse(int second) {
        estimate.onPeerClosed(TimeUnit.MILLISECONDS.toNanos(1), 1, seconds(second));
    }

    private static long seconds(long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
