package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTargetTests {

    @ParameterizedTest
    @CsvSource({
        "http://orders:8080,           , http://orders:8080",
        "http://orders,                , http://orders",
        "http://orders/ignored?x=1#f,  , http://orders",
        "https://user@orders:8443/,    , https://orders:8443",
        "'http://[::1]:8080',          , 'http://[::1]:8080'",
        "'http://[2001:db8::1]/a',     , 'http://[2001:db8::1]'",
        "lb://orders,                  , lb://orders",
        "lb://Orders,                  , lb://Orders",
        "lb://orders:8080,             , lb://orders:8080",
        "lb://orders_v2,               , lb://orders_v2",
        "lb:ws://orders,             lb, ws://orders",
        "lb:wss://orders:1/x,        lb, wss://orders:1",
        "lb:http://orders_v2,        lb, http://orders_v2",
        "forward:/local,               , ",
        "forward:///local,             , ",
        "no://op,                      , no://op",
    })
    void of_uri_keepsSchemeAndAuthority(String uri, String prefix, String base) {
        assertThat(RouteTarget.of(URI.create(uri))).isEqualTo(new RouteTarget(prefix, base));
    }
}
