package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveEndpointTests {

    private final Lab lab = new Lab();
    private final LiveEndpoint endpoint = endpoint("outlier-detection.consecutive-failures=3");

    @Test
    void onStartAndEnd_countWhatIsUnderWay() {
        endpoint.onStart();
        endpoint.onStart();
        endpoint.onEnd();

        assertThat(endpoint.state().active()).isOne();
        assertThat(endpoint.region().active()).isOne();
        assertThat(endpoint.region().requests()).isEqualTo(2);
    }

    @Test
    void onResponse_good_isMeasured() {
        endpoint.onResponse(200, 5_000_000, 1);

        assertThat(endpoint.state().responseTime().get()).isEqualTo(5_000_000);
        assertThat(endpoint.region().responseTime().get()).isEqualTo(5_000_000);
        assertThat(endpoint.state().requests()).isOne();
        assertThat(endpoint.state().failures()).isZero();
    }

    /** What fails fast must not look fast. */
    @Test
    void onResponse_failure_isNotMeasured() {
        endpoint.onResponse(503, 1, 1);

        assertThat(endpoint.state().responseTime().get()).isNaN();
        assertThat(endpoint.region().responseTime().get()).isNaN();
        assertThat(endpoint.state().failures()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"200, 0", "404, 0", "429, 0", "499, 0", "500, 0", "501, 0", "502, 1", "503, 1", "504, 1", "505, 0"})
    void onResponse_status_failsAsConfigured(int status, int failures) {
        endpoint.onResponse(status, 1, 1);

        assertThat(endpoint.state().failuresInRow()).isEqualTo(failures);
    }

    @Test
    void onResponse_goodOne_endsTheRow() {
        endpoint.onFailure(true);
        endpoint.onFailure(false);
        endpoint.onResponse(200, 1, 1);

        assertThat(endpoint.state().failuresInRow()).isZero();
        assertThat(endpoint.state().connectFailuresInRow()).isZero();
        assertThat(endpoint.state().requests()).isEqualTo(3);
        assertThat(endpoint.state().failures()).isEqualTo(2);
    }

    @Test
    void onFailure_connections_areARowOfTheirOwn() {
        endpoint.onFailure(true);
        endpoint.onFailure(true);
        assertThat(endpoint.state().connectFailuresInRow()).isEqualTo(2);

        endpoint.onFailure(false);
        assertThat(endpoint.state().connectFailuresInRow()).isZero();
        assertThat(endpoint.state().failuresInRow()).isEqualTo(3);
    }

    @Test
    void onFailure_asManyInARowAsConfigured_callsTheJudge() {
        endpoint.onFailure(false);
        endpoint.onFailure(true);
        assertThat(lab.suspects).isEmpty();

        endpoint.onResponse(503, 1, 1);
        assertThat(lab.suspects).containsExactly(endpoint);
    }

    @Test
    void onFailure_detectionOff_callsNobody() {
        LiveEndpoint trusted = endpoint("outlier-detection.enabled=false");
        for (int i = 0; i < 100; i++) {
            trusted.onFailure(true);
        }

        assertThat(lab.suspects).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 599})
    void onResponse_otherStatuses_areThoseThatFail(int status) {
        LiveEndpoint strict = endpoint("outlier-detection.statuses=5xx");
        strict.onResponse(status, 1, 1);

        assertThat(strict.state().failures()).isOne();
    }

    @Test
    void resetWindow_countsAnewButKeepsTheRow() {
        endpoint.onFailure(false);
        endpoint.state().resetWindow(77);

        assertThat(endpoint.state().requests()).isZero();
        assertThat(endpoint.state().failures()).isZero();
        assertThat(endpoint.state().windowNanos()).isEqualTo(77);
        assertThat(endpoint.state().failuresInRow()).isOne();
    }

    private LiveEndpoint endpoint(String setting) {
        return Lab.live(
                lab.upstream(Lab.settings(setting, "outlier-detection.window=10s"), Lab.region(setting, 0, 1, 1)),
                setting + "0");
    }
}
