package dev.meridian.filters.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.RouteTimeouts;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

/** The arguments are bound as the stock route locator does it. */
class TimeoutGatewayFilterFactoryTests {

    private final TimeoutGatewayFilterFactory factory = new TimeoutGatewayFilterFactory();

    @Test
    void short_isWhatEachKeySays() {
        assertThat(timeouts(written("Timeout=response:2s,total:10s")))
                .isEqualTo(new RouteTimeouts(null, null, Duration.ofSeconds(2), null, Duration.ofSeconds(10)));
        assertThat(timeouts(written("Timeout=connect:100ms, tls:1s, response:1m, idle:5s, total:1h")))
                .isEqualTo(new RouteTimeouts(
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(5),
                        Duration.ofHours(1)));
    }

    @Test
    void long_isTheSame() {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("response", "2s");
        arguments.put("total", "10s");

        assertThat(timeouts(arguments))
                .isEqualTo(new RouteTimeouts(null, null, Duration.ofSeconds(2), null, Duration.ofSeconds(10)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Timeout=2s | KEY:DURATION, as in response:2s, which 2s is not",
                "Timeout=respons:2s | one of connect, tls, response, idle, total before the colon, which respons is not"
                        + " (did you mean response?)",
                "Timeout=response:soon | response as a duration like 500ms, 2s or 1m, which soon is not",
                "Timeout=response:0s | response from 1ms to 24h, which 0s is not",
                "Timeout=total:-1s | total from 1ms to 24h, which -1s is not",
                "Timeout=idle:25h | idle from 1ms to 24h, which 25h is not",
                "Timeout=total:1s,total:2s | total once",
            })
    void wrong_saysWhatWouldBeRight(String text, String expected) {
        assertThatThrownBy(() -> apply(written(text))).hasMessage(expected);
    }

    @Test
    void wrongName_inLong_saysWhatWouldBeRight() {
        assertThatThrownBy(() -> apply(Map.of("reponse", "2s")))
                .hasMessageContaining("one of connect, tls, response, idle, total")
                .hasMessageContaining("did you mean response?");
    }

    @Test
    void nothing_saysWhatWouldBeRight() {
        assertThatThrownBy(() -> apply(Map.of())).hasMessageContaining("at least one of connect");
    }

    @Test
    void filter_says() {
        assertThat(apply(written("Timeout=response:2s,total:10s"))).hasToString("Timeout=response:2s,total:10s");
    }

    private RouteTimeouts timeouts(Map<String, String> arguments) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        apply(arguments).filter(exchange, rest -> Mono.empty()).block(Duration.ofSeconds(1));
        return java.util.Objects.requireNonNull(
                GatewayExchange.require(exchange.getAttributes()).timeouts());
    }

    private static Map<String, String> written(String text) {
        return new FilterDefinition(text).getArgs();
    }

    private GatewayFilter apply(Map<String, String> arguments) {
        return factory.apply(new ConfigurationService(
                        new StaticApplicationContext(), DefaultConversionService::getSharedInstance, () -> null)
                .with(factory)
                .name("Timeout")
                .properties(arguments)
                .bind());
    }
}
