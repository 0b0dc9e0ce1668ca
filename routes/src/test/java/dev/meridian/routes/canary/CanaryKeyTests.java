package dev.meridian.routes.canary;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanaryKeyTests {

    @ParameterizedTest
    @CsvSource({
        "cookie,          OWN_COOKIE, meridian-canary",
        "cookie:user,     COOKIE,     user",
        "COOKIE:User,     COOKIE,     User",
        "header:X-User,   HEADER,     X-User",
        "'header: X-A ',  HEADER,     X-A",
        "client-ip,       CLIENT_IP,",
    })
    void parse_form_isTheKey(String text, CanaryKey.Source source, @Nullable String name) {
        assertThat(CanaryKey.parse(text)).isEqualTo(new CanaryKey(source, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "header", "header:", "header: ", "cookie:", "cookie:a b", "client-ip:x", "path", "query:q"})
    void parse_anythingElse_isNothing(String text) {
        assertThat(CanaryKey.parse(text)).isNull();
    }
}
