package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashKeyTests {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "client-ip,        CLIENT_IP, -",
                "Client-IP,        CLIENT_IP, -",
                "path,             PATH,      -",
                "header:X-User,    HEADER,    X-User",
                "'HEADER: X-User ', HEADER,   X-User",
                "cookie:session,   COOKIE,    session",
                "query:user:id,    QUERY,     user:id",
            })
    void of_fiveForms_areRead(String text, HashKey.Source source, @Nullable String name) {
        assertThat(HashKey.of(text)).isEqualTo(new HashKey(source, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "header", "header:", "header: ", "cookie", "query", "client-ip:x", "path:/a", "body", ":x"})
    void of_anythingElse_isRefusedWithTheRemedy(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HashKey.of(text))
                .withMessage(text + " (expected: client-ip, path, header:NAME, cookie:NAME or query:NAME)");
    }
}
