package dev.meridian.filters.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.definition.RetryCondition;
import dev.meridian.routes.definition.RetryDefinition;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RetryDecisionTests {

    private static final RetryDefinition EVERYTHING = Settings.on(RetryCondition.values());

    @ParameterizedTest
    @CsvSource({
        // failure,                  unsent, idempotent, replayable, retries, decision
        "CONNECTION_REFUSED,         true,   false,      true,       0,       RETRY",
        "CONNECTION_REFUSED,         true,   true,       true,       1,       RETRY",
        "CONNECTION_REFUSED,         true,   true,       true,       2,       EXHAUSTED",
        "CONNECTION_TIMEOUT,         true,   false,      true,       0,       RETRY",
        "TLS_TIMEOUT,                true,   false,      true,       0,       RETRY",
        "DNS_TIMEOUT,                true,   false,      true,       0,       RETRY",
        "CONNECTION_TERMINATED,      false,  true,       true,       0,       RETRY",
        "CONNECTION_TERMINATED,      false,  false,      true,       0,       NOT_SAFE",
        "CONNECTION_TERMINATED,      false,  true,       false,      0,       NOT_REPEATABLE",
        "HTTP_RESPONSE_INCOMPLETE,   false,  true,       true,       0,       RETRY",
        "HTTP_PROTOCOL_ERROR,        false,  false,      true,       0,       NOT_SAFE",
        "TLS_CERTIFICATE_ERROR,      true,   false,      true,       0,       RETRY",
        "HTTP_RESPONSE_TIMEOUT,      false,  true,       true,       0,       RETRY",
        "HTTP_RESPONSE_TIMEOUT,      false,  false,      true,       0,       NOT_SAFE",
        "CONNECTION_WRITE_TIMEOUT,   false,  true,       true,       0,       RETRY",
        "TOTAL_TIMEOUT,              false,  true,       true,       0,       NOT_ASKED_FOR",
        "CONNECTION_LIMIT_REACHED,   true,   true,       true,       0,       NOT_ASKED_FOR",
        "INTERNAL_ERROR,             false,  true,       true,       0,       NOT_ASKED_FOR",
    })
    void of_failure_isSentAgainOnlyWhereItIsSafeAndMayHelp(
            Failure failure,
            boolean unsent,
            boolean idempotent,
            boolean replayable,
            int retries,
            RetryDecision expected) {
        GatewayException e = unsent ? GatewayException.unsent(failure, null) : GatewayException.of(failure);

        assertThat(RetryDecision.of(EVERYTHING, e, new SentRequest(idempotent, replayable, retries)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // on,                  failure,               how,     decision
        "CONNECT_FAILURE,       CONNECTION_TERMINATED, unsent,  RETRY",
        "CONNECT_FAILURE,       CONNECTION_TERMINATED, sent,    NOT_ASKED_FOR",
        "CONNECT_FAILURE,       CONNECTION_TERMINATED, refused, NOT_ASKED_FOR",
        "REFUSED_STREAM,        CONNECTION_TERMINATED, refused, RETRY",
        "REFUSED_STREAM,        CONNECTION_REFUSED,    unsent,  NOT_ASKED_FOR",
        "RESET_BEFORE_RESPONSE, CONNECTION_TERMINATED, sent,    RETRY",
        "RESET_BEFORE_RESPONSE, HTTP_RESPONSE_TIMEOUT, sent,    NOT_ASKED_FOR",
        "TIMEOUT,               HTTP_RESPONSE_TIMEOUT, sent,    RETRY",
        "TIMEOUT,               CONNECTION_TIMEOUT,    unsent,  NOT_ASKED_FOR",
    })
    void of_failure_isOneOfThoseAskedFor(RetryCondition on, Failure failure, String how, RetryDecision expected) {
        GatewayException e = switch (how) {
            case "unsent" -> GatewayException.unsent(failure, null);
            case "refused" -> GatewayException.refused(failure, null);
            default -> GatewayException.of(failure);
        };

        assertThat(RetryDecision.of(Settings.on(on), e, new SentRequest(true, true, 0)))
                .isEqualTo(expected);
    }

    @Test
    void of_refusedStream_ofAPost_isSentAgain() {
        GatewayException refused = GatewayException.refused(Failure.CONNECTION_TERMINATED, null);

        assertThat(RetryDecision.of(EVERYTHING, refused, new SentRequest(false, true, 0)))
                .isEqualTo(RetryDecision.RETRY);
        assertThat(RetryDecision.of(EVERYTHING, refused, new SentRequest(false, false, 0)))
                .isEqualTo(RetryDecision.NOT_REPEATABLE);
    }

    @Test
    void of_timeout_isNotAskedForUnlessEachTryHasOne() {
        GatewayException late = GatewayException.of(Failure.HTTP_RESPONSE_TIMEOUT);
        SentRequest request = new SentRequest(true, true, 0);

        assertThat(RetryDecision.of(Settings.of(""), late, request)).isEqualTo(RetryDecision.NOT_ASKED_FOR);
        assertThat(RetryDecision.of(Settings.of("per-try-timeout=1s"), late, request))
                .isEqualTo(RetryDecision.RETRY);
    }

    @ParameterizedTest
    @CsvSource({
        // status, told ms, idempotent, replayable, retries, decision
        "200,      -1,      true,       true,       0,       NOT_ASKED_FOR",
        "500,      -1,      true,       true,       0,       NOT_ASKED_FOR",
        "503,      -1,      true,       true,       0,       RETRY",
        "504,      -1,      true,       true,       1,       RETRY",
        "504,      -1,      true,       true,       2,       EXHAUSTED",
        "503,      -1,      false,      true,       0,       NOT_SAFE",
        "503,      -1,      true,       false,      0,       NOT_REPEATABLE",
        "503,      0,       true,       true,       0,       RETRY",
        "503,      250,     true,       true,       0,       RETRY",
        "503,      251,     true,       true,       0,       TOLD_TO_WAIT",
    })
    void of_answer_isOneOfTheStatuses(
            int status, long told, boolean idempotent, boolean replayable, int retries, RetryDecision expected) {
        assertThat(RetryDecision.of(
                        Settings.of("statuses=502-504"),
                        status,
                        told,
                        new SentRequest(idempotent, replayable, retries)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = Failure.class,
            names = {"REQUEST_.*"},
            mode = EnumSource.Mode.MATCH_ALL)
    void of_clientsFault_isNeverSentAgain(Failure failure) {
        assertThat(RetryDecision.of(EVERYTHING, GatewayException.unsent(failure, null), new SentRequest(true, true, 0)))
                .isEqualTo(RetryDecision.NOT_ASKED_FOR);
    }

    @Test
    void of_everyFailure_thatMayHaveBeenActedOn_isNotSentAgain() {
        assertThat(EVERYTHING.conditions()).isEqualTo(Set.of(RetryCondition.values()));
        for (Failure failure : Failure.values()) {
            assertThat(RetryDecision.of(EVERYTHING, GatewayException.of(failure), new SentRequest(false, true, 0)))
                    .as("%s", failure)
                    .isNotEqualTo(RetryDecision.RETRY);
        }
    }
}
