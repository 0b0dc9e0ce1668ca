package dev.meridian.filters.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FallbackConfigTests {

    private final FallbackConfig config = new FallbackConfig();

    @ParameterizedTest
    @ValueSource(strings = {"forward:/spare", "forward:/spare?x=1", "lb://other", "lb://other_v2"})
    void to_isAPathOrAnUpstream(String to) {
        config.setTo(to);
        assertThat(config.fallback()).hasToString(to);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "spare", "forward:spare", "http://other", "lb:other", "lb://other/path", "forward:/a b"})
    void to_anythingElse_isRefused(String to) {
        config.setTo(to);
        assertThatIllegalArgumentException().isThrownBy(config::fallback).withMessageContaining("lb://NAME");
    }

    @Test
    void nothing_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(config::fallback).withMessageContaining("forward:/path");
    }

    @Test
    void bothKinds_areRefused() {
        config.setTo("lb://other");
        config.setStatus(200);
        assertThatIllegalArgumentException().isThrownBy(config::fallback).withMessageContaining("not both");
    }

    @Test
    void answer_isUnavailableUnlessItSaysMore() {
        config.setBody("sorry");
        assertThat(config.fallback()).isEqualTo(new Fallback.Static(503, Map.of(), "sorry"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 199, 600})
    void status_thatIsNone_isRefused(int status) {
        config.setStatus(status);
        assertThatIllegalArgumentException().isThrownBy(config::fallback).withMessageContaining("200 to 599");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "transfer-encoding", "Connection", "a b", ""})
    void headers_thatAreTheGatewaysOrNone_areRefused(String name) {
        config.setHeaders(Map.of(name, "1"));
        assertThatIllegalArgumentException().isThrownBy(config::fallback).withMessageContaining("headers");
    }

    @Test
    void headers_cannotSplitTheAnswer() {
        config.setHeaders(Map.of("X-A", "1\r\nX-B: 2"));
        assertThatIllegalArgumentException().isThrownBy(config::fallback).withMessageContaining("headers");
    }

    @Test
    void statuses_areRanges() {
        config.setStatuses("502-504, 429");
        assertThat(config.failedStatuses()).hasToString("[502-504, 429]");
    }
}
