package dev.meridian.routes.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

@SpringBootTest(
        classes = OtherRoutesCheckTests.Gateway.class,
        properties = {"spring.main.web-application-type=reactive", "server.port=0"})
class OtherRoutesCheckTests {

    @Autowired
    private ConfigValidator validator;

    private final GatewayProperties gateway = new GatewayProperties();

    private String refusal(RouteDefinition route, boolean made) {
        return new OtherRoutesCheck(gateway, () -> validator, () -> Set.of("orders")).refusal(route, made);
    }

    private static RouteDefinition route(String uri, String filter) {
        RouteDefinition route = new RouteDefinition();
        route.setId("a");
        route.setUri(URI.create(uri));
        route.setPredicates(List.of(new PredicateDefinition("Path=/a")));
        route.setFilters(List.of(new FilterDefinition(filter)));
        return route;
    }

    @ParameterizedTest
    @CsvSource({
        "StripPrefx=1, did you mean StripPrefix",
        "StripPrefix=one, StripPrefix=one",
        "'RewritePath=/(,/b', regular expression",
    })
    void badFilter_isTheReason(String filter, String reason) {
        assertThat(refusal(route("lb://orders", filter), false)).contains("route.filters[0]", reason);
    }

    @Test
    void expressionThatIsCompiledLater_isFoundInARouteThatCouldBeMade() {
        assertThat(refusal(route("lb://orders", "RewritePath=/(,/b"), true)).contains("regular expression");
    }

    @Test
    void unknownUpstream_isNoReasonButTold() {
        RouteDefinition route = route("lb://ordrs", "StripPrefix=1");

        assertThat(refusal(route, true)).isEmpty();
        assertThat(validator.validate(route, Set.of("orders"), Known.MADE).toTell())
                .singleElement()
                .satisfies(problem -> assertThat(problem.suggestion()).isEqualTo("orders"));
    }

    @Test
    void configuredRoute_hasBeenChecked() {
        gateway.setRoutes(List.of(route("lb://orders", "StripPrefx=1")));

        assertThat(refusal(route("lb://orders", "StripPrefx=1"), false)).isEmpty();
    }

    @EnableAutoConfiguration
    static class Gateway {}
}
