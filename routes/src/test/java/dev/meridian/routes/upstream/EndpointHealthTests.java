package dev.meridian.routes.upstream;

import static dev.meridian.routes.upstream.EndpointHealth.Checked.FAILING;
import static dev.meridian.routes.upstream.EndpointHealth.Checked.PASSING;
import static dev.meridian.routes.upstream.EndpointHealth.Checked.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointHealthTests {

    private static final long FORGET = Duration.ofSeconds(30).toNanos();

    private final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(5).toNanos());
    private final EndpointHealth health = new EndpointHealth();

    @Test
    void checked_never_isUnknown() {
        assertThat(health.checked()).isEqualTo(UNKNOWN);
        assertThat(health.lastCheck()).isEmpty();
    }

    /** Checks as they come, + passed and - failed; healthy after 2, unhealthy after 3. */
    @ParameterizedTest
    @CsvSource({
        "+,           PASSING",
        "-,           FAILING",
        "+-,          PASSING",
        "+--,         PASSING",
        "+---,        FAILING",
        "+--+--,      PASSING",
        "+--+---,     FAILING",
        "-+,          FAILING",
        "-++,         PASSING",
        "-+-+-+,      FAILING",
        "-+-++,       PASSING",
        "+---+-+,     FAILING",
        "+---++,      PASSING",
        "+---++--,    PASSING",
        "+---++---,   FAILING",
    })
    void onCheck_results_changeTheVerdictAfterSeveralInARow(String results, EndpointHealth.Checked expected) {
        for (char result : results.toCharArray()) {
            health.onCheck(result == '+', result == '+' ? "" : "status 500", false, 2, 3);
        }

        assertThat(health.checked()).isEqualTo(expected);
        assertThat(health.lastCheck()).isEqualTo(results.endsWith("+") ? "" : "status 500");
    }

    @Test
    void onCheck_oneIsEnough_changesAtOnce() {
        health.onCheck(true, "", false, 1, 1);
        health.onCheck(false, "no", false, 1, 1);
        assertThat(health.checked()).isEqualTo(FAILING);

        health.onCheck(true, "", false, 1, 1);
        assertThat(health.checked()).isEqualTo(PASSING);
    }

    @Test
    void forgetChecks_nextResultIsBelievedAgain() {
        health.onCheck(true, "", false, 2, 3);
        health.forgetChecks();
        assertThat(health.checked()).isEqualTo(UNKNOWN);

        health.onCheck(false, "no", false, 2, 3);
        assertThat(health.checked()).isEqualTo(FAILING);
    }

    @Test
    void endEjection_beforeItsTime_keepsIt() {
        health.eject(now() + Duration.ofSeconds(10).toNanos(), "5 in a row");
        ticker.advance(Duration.ofSeconds(10).minusNanos(1));
        health.endEjection(FORGET, now());

        assertThat(health.ejected()).isTrue();
        assertThat(health.reason()).isEqualTo("5 in a row");
    }

    @Test
    void endEjection_atItsTime_endsItButRemembersTheCount() {
        health.eject(now() + Duration.ofSeconds(10).toNanos(), "5 in a row");
        ticker.advance(Duration.ofSeconds(10));
        health.endEjection(FORGET, now());

        assertThat(health.ejected()).isFalse();
        assertThat(health.ejections()).isOne();
    }

    @Test
    void endEjection_goodSince_forgetsOneForEachTime() {
        health.eject(now(), "a");
        health.eject(now(), "b");
        health.endEjection(FORGET, now());
        assertThat(health.ejections()).isEqualTo(2);

        ticker.advance(Duration.ofSeconds(29));
        health.endEjection(FORGET, now());
        assertThat(health.ejections()).isEqualTo(2);

        ticker.advance(Duration.ofSeconds(1));
        health.endEjection(FORGET, now());
        health.endEjection(FORGET, now());
        assertThat(health.ejections()).isOne();

        ticker.advance(Duration.ofSeconds(30));
        health.endEjection(FORGET, now());
        ticker.advance(Duration.ofSeconds(300));
        health.endEjection(FORGET, now());
        assertThat(health.ejections()).isZero();
    }

    /** A gateway that has just begun is slow itself. */
    @Test
    void onCheck_firstOneTooLate_isNotBelievedAtOnce() {
        health.onCheck(false, "late", true, 2, 3);
        health.onCheck(false, "late", true, 2, 3);
        assertThat(health.checked()).isEqualTo(EndpointHealth.Checked.UNKNOWN);

        health.onCheck(false, "late", true, 2, 3);
        assertThat(health.checked()).isEqualTo(EndpointHealth.Checked.FAILING);
    }

    /** The time for which it could not even be reached is no good conduct. */
    @Test
    void endEjection_unreachableMeanwhile_forgetsNothing() {
        health.unreachable(true);
        health.eject(now(), "no connection");
        for (int i = 0; i < 10; i++) {
            ticker.advance(Duration.ofSeconds(30));
            health.endEjection(FORGET, now());
        }
        health.unreachable(false);
        health.endEjection(FORGET, now());
        assertThat(health.ejections()).isOne();

        ticker.advance(Duration.ofSeconds(31));
        health.endEjection(FORGET, now());
        assertThat(health.ejections()).isZero();
    }

    private long now() {
        return ticker.getAsLong();
    }
}
