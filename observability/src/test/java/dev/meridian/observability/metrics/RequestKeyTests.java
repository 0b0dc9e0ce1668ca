package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.observability.exchange.ExchangeEnding;
import io.micrometer.core.instrument.Tags;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;

class RequestKeyTests {

    @ParameterizedTest
    @CsvSource({
        "GET, 200, COMPLETE, GET, 200, SUCCESS",
        "POST, 101, COMPLETE, POST, 101, INFORMATIONAL",
        "PUT, 302, COMPLETE, PUT, 302, REDIRECTION",
        "PATCH, 404, COMPLETE, PATCH, 404, CLIENT_ERROR",
        "DELETE, 599, COMPLETE, DELETE, 599, SERVER_ERROR",
        "HEAD, 100, COMPLETE, HEAD, 100, INFORMATIONAL",
        "OPTIONS, 499, CLIENT_GONE, OPTIONS, 499, CLIENT_GONE",
        "TRACE, 200, BROKEN_OFF, TRACE, 200, BROKEN_OFF",
        "PROPFIND, 200, COMPLETE, OTHER, 200, SUCCESS",
        "get, 200, COMPLETE, OTHER, 200, SUCCESS",
        "GET, 600, COMPLETE, GET, other, UNKNOWN",
        "GET, 999, COMPLETE, GET, other, UNKNOWN",
        "GET, 0, CLIENT_GONE, GET, other, CLIENT_GONE",
    })
    void tags_ofAKey_sayWhatItWasMadeOf(
            String method, int status, ExchangeEnding ending, String methodTag, String statusTag, String outcome) {
        assertThat(RequestKey.tags(RequestKey.of(HttpMethod.valueOf(method), status, ending)))
                .isEqualTo(Tags.of("method", methodTag, "status", statusTag, "outcome", outcome));
    }

    @Test
    void of_whateverComes_isBounded() {
        Set<Integer> keys = new HashSet<>();
        for (String method : new String[] {"GET", "POST", "A", "B", "C", "CONNECT"}) {
            for (int status = -10; status < 1100; status++) {
                for (ExchangeEnding ending : ExchangeEnding.values()) {
                    keys.add(RequestKey.of(HttpMethod.valueOf(method), status, ending));
                }
            }
        }

        assertThat(keys).hasSize(3 * 501 * 3).allMatch(key -> key >= 0 && key < 9 * 600 * 3);
    }
}
