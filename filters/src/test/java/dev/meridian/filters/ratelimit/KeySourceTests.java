package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

class KeySourceTests {

    @ParameterizedTest
    @CsvSource({
        "client-ip, CLIENT_IP,",
        "Client-IP, CLIENT_IP,",
        "header:X-Api-Key, HEADER, X-Api-Key",
        "' header : X-Api-Key ', HEADER, X-Api-Key",
        "cookie:session, COOKIE, session",
        "query:key, QUERY, key",
        "query:a b, QUERY, a b",
        "principal, PRINCIPAL,",
        "claim:https://example.com/tenant, CLAIM, https://example.com/tenant",
        "route, ROUTE,",
        "host, HOST,",
        "path, PATH,"
    })
    void forms(String written, KeySource.Kind kind, String name) {
        assertThat(KeySource.of(written.replace(" : ", ":"))).isEqualTo(new KeySource(kind, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"client-ip", "header:X-Api-Key", "claim:tenant", "path"})
    void text_isReadAgain(String written) {
        assertThat(KeySource.of(written)).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ip",
                "client_ip",
                "header",
                "header:",
                "header: ",
                "header:a b",
                "cookie:a;b",
                "cookie:a=b",
                "query",
                "query:",
                "principal:name",
                "claim",
                "route:orders",
                "host:a",
                "path:/a",
                ":",
                "header:X\r\nY"
            })
    void anythingElse_isRefused_andTheFormsAreTold(String written) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeySource.of(written))
                .withMessageStartingWith(written)
                .withMessageContaining("header:NAME");
    }

    @Test
    void cost_byMethod_andForAllOthers() {
        CostDefinition cost = new CostDefinition(2, null, 5, null, null, 0, null, 3);
        assertThat(cost.of(HttpMethod.GET)).isEqualTo(2);
        assertThat(cost.of(HttpMethod.HEAD)).isEqualTo(3);
        assertThat(cost.of(HttpMethod.POST)).isEqualTo(5);
        assertThat(cost.of(HttpMethod.DELETE)).isZero();
        assertThat(cost.of(HttpMethod.valueOf("PURGE"))).isEqualTo(3);
        assertThat(cost.of(HttpMethod.valueOf("get"))).isEqualTo(3);
        assertThat(cost.most()).isEqualTo(5);
        assertThat(CostDefinition.of(" 7 ").of(HttpMethod.PATCH)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "1.5", "99999999999"})
    void cost_thatIsNoNumber_isRefused(String written) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CostDefinition.of(written))
                .withMessageContaining("{post: 5, other: 1}");
    }
}
