package dev.meridian.filters.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryDecisionTests {

    @ParameterizedTest
    @CsvSource({
        // failure,                  unsent, repeatable, retries, allowed, decision
        "CONNECTION_REFUSED,         true,   false,      0,       2,       RETRY",
        "CONNECTION_REFUSED,         true,   true,       1,       2,       RETRY",
        "CONNECTION_REFUSED,         true,   true,       2,       2,       EXHAUSTED",
        "CONNECTION_REFUSED,         true,   true,       0,       0,       EXHAUSTED",
        "CONNECTION_TIMEOUT,         true,   false,      0,       1,       RETRY",
        "CONNECTION_TERMINATED,      false,  true,       0,       2,       RETRY",
        "CONNECTION_TERMINATED,      false,  false,      0,       2,       NOT_SAFE",
        "HTTP_RESPONSE_INCOMPLETE,   false,  true,       0,       2,       RETRY",
        "HTTP_PROTOCOL_ERROR,        false,  false,      0,       2,       NOT_SAFE",
        "TLS_CERTIFICATE_ERROR,      true,   false,      0,       2,       RETRY",
        "HTTP_RESPONSE_TIMEOUT,      false,  true,       0,       2,       NOT_HELPFUL",
        "CONNECTION_LIMIT_REACHED,   true,   true,       0,       2,       NOT_HELPFUL",
        "INTERNAL_ERROR,             false,  true,       0,       2,       NOT_HELPFUL",
    })
    void of_failure_isSentAgainOnlyWhereItIsSafeAndMayHelp(
            Failure failure, boolean unsent, boolean repeatable, int retries, int allowed, RetryDecision expected) {
        GatewayException e = unsent ? GatewayException.unsent(failure, null) : GatewayException.of(failure);

        assertThat(RetryDecision.of(e, repeatable, retries, allowed)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"REQUEST_.*"},
            mode = EnumSource.Mode.MATCH_ALL)
    void of_clientsFault_isNeverSentAgain(Failure failure) {
        assertThat(RetryDecision.of(GatewayException.unsent(failure, null), true, 0, 9))
                .isEqualTo(RetryDecision.NOT_HELPFUL);
    }

    @Test
    void of_everyFailure_isDecided() {
        for (Failure failure : Failure.values()) {
            assertThat(RetryDecision.of(GatewayException.of(failure), false, 0, 2))
                    .as("%s, which may have been acted on", failure)
                    .isNotEqualTo(RetryDecision.RETRY);
        }
    }
}
