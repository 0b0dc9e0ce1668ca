package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTests {

    @ParameterizedTest
    @CsvSource({
        "http,  orders,      80,   orders",
        "http,  orders,      443,  orders:443",
        "https, orders,      443,  orders",
        "https, orders,      80,   orders:80",
        "http,  10.0.0.1,    8080, 10.0.0.1:8080",
        "http,  ::1,         80,   '[::1]'",
        "https, 2001:db8::1, 8443, '[2001:db8::1]:8443'",
    })
    void authority_isAsInAUri(String scheme, String host, int port, String expected) {
        Endpoint endpoint = new Endpoint(scheme, host, port, 1, null, Map.of());

        assertThat(endpoint.authority()).isEqualTo(expected);
        assertThat(endpoint.url()).isEqualTo(scheme + "://" + expected);
        assertThat(endpoint.secure()).isEqualTo("https".equals(scheme));
    }

    @Test
    void metadata_laterChangesOfTheSource_areNotSeen() {
        Map<String, String> source = new HashMap<>(Map.of("rack", "r1"));
        Endpoint endpoint = new Endpoint("http", "a", 80, 1, null, source);

        source.put("rack", "r2");

        assertThat(endpoint.metadata()).isEqualTo(Map.of("rack", "r1"));
    }
}
