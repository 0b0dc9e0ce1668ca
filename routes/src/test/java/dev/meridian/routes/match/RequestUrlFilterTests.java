package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.exchange.GatewayExchange;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.RouteToRequestUrlFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

class RequestUrlFilterTests {

    private final RequestUrlFilter filter = new RequestUrlFilter();

    @ParameterizedTest
    @CsvSource({
        "http://up:8080,      /a/b?x=1",
        "https://up/ignored,  /a%20b?q=%C3%A4",
        "lb://orders,         /",
        "lb:ws://orders,      /socket",
        "'http://[::1]:80',   /a",
        "forward:/local,      /a",
    })
    void filter_preparedOrNot_givesWhatTheStockFilterGives(String uri, String path) {
        MockServerWebExchange stock = exchange(path);
        stock.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route(uri));
        new RouteToRequestUrlFilter().filter(stock, e -> Mono.empty()).block(Duration.ofSeconds(5));

        for (boolean prepared : new boolean[] {true, false}) {
            MockServerWebExchange own = exchange(path);
            Route route = route(uri);
            own.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route);
            if (prepared) {
                GatewayExchange.require(own.getAttributes()).target(new PreparedRoute(route, r -> List.of()));
            }
            filter.filter(own, e -> Mono.empty()).block(Duration.ofSeconds(5));

            assertThat(url(own)).as("prepared: %s", prepared).isEqualTo(url(stock));
            assertThat((Object) own.getAttribute(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR))
                    .isEqualTo(stock.getAttribute(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR));
        }
    }

    private static URI url(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
    }

    private static MockServerWebExchange exchange(String path) {
        return MockServerWebExchange.from(MockServerHttpRequest.method(
                org.springframework.http.HttpMethod.GET, URI.create("http://client" + path)));
    }

    private static Route route(String uri) {
        return Route.async().id("r").uri(uri).predicate(e -> true).build();
    }
}
