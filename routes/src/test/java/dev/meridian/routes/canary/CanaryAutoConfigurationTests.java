package dev.meridian.routes.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.geo.LogLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.filter.WeightCalculatorWebFilter;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

class CanaryAutoConfigurationTests {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";

    private final ReactiveWebApplicationContextRunner runner =
            new ReactiveWebApplicationContextRunner().withUserConfiguration(Application.class);

    @Test
    void context_withoutAnything_choosesByChanceInPlaceOfTheStockFilter() {
        runner.run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Canary.class);
            assertThat(context.getBean(CanaryProperties.class).canary()).isEmpty();
            assertThat(context.getBean(WeightCalculatorWebFilter.class)).isInstanceOf(PassiveWeightFilter.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders-canary", "orders_canary", "Orders", "[orders.v2]"})
    void context_group_isBoundByTheNameThatPredicatesUse(String name) {
        runner.withPropertyValues("meridian.canary." + name + ".key=header:X-User")
                .run(context -> assertThat(
                                context.getBean(CanaryProperties.class).canary())
                        .containsOnlyKeys(name.replace("[", "").replace("]", "")));
    }

    @Test
    void context_wrongKeys_failsWithEveryProblem() {
        runner.withPropertyValues("meridian.canary.orders.key=path", "meridian.canary.stock.key=header:two words")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidConfigException.class,
                                e -> assertThat(e.problems())
                                        .extracting(
                                                ConfigProblem::property, ConfigProblem::value, ConfigProblem::expected)
                                        .containsExactlyInAnyOrder(
                                                tuple(
                                                        "meridian.canary.orders.key",
                                                        "path",
                                                        "cookie, cookie:NAME, header:NAME or client-ip"),
                                                tuple(
                                                        "meridian.canary.stock.key",
                                                        "header:two words",
                                                        "cookie, cookie:NAME, header:NAME or client-ip"))));
    }

    @Test
    void context_emptyKey_fails() {
        runner.withPropertyValues("meridian.canary.orders.key=")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("meridian.canary.orders.key")
                        .hasMessageContaining("(expected: cookie, cookie:NAME, header:NAME or client-ip)"));
    }

    @Test
    void context_unknownKey_fails() {
        runner.withPropertyValues("meridian.canary.orders.by=cookie")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnboundConfigurationPropertiesException.class)
                        .hasMessageContaining("meridian.canary.orders.by"));
    }

    @Test
    void context_groupWithoutRoutes_isToldOnce() {
        LogLines log = new LogLines(Canary.class);
        try (log) {
            runner.withPropertyValues(
                            ROUTES + "[0].id=r",
                            ROUTES + "[0].uri=http://localhost",
                            ROUTES + "[0].predicates[0]=Weight=orders, 5",
                            "meridian.canary.orders.key=cookie",
                            "meridian.canary.ordres.key=cookie")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        context.publishEvent(new RefreshRoutesEvent(this));
                    });
        }
        assertThat(log.lines())
                .containsExactly(
                        "WARN meridian.canary.ordres has no effect: no route has a weight above 0 in that group");
    }

    @Test
    void stockFilter_mappingOfTheApplication_stays() {
        runner.withUserConfiguration(OwnMapping.class)
                .run(context -> assertThat(context.getBean(WeightCalculatorWebFilter.class))
                        .isNotInstanceOf(PassiveWeightFilter.class));
    }

    @Test
    void stockFilter_predicateSwitchedOff_isNotThere() {
        runner.withPropertyValues("spring.cloud.gateway.server.webflux.predicate.weight.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(WeightCalculatorWebFilter.class));
    }

    @Test
    void context_gatewaySwitchedOff_hasNothingOfOurs() {
        runner.withPropertyValues("spring.cloud.gateway.server.webflux.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(Canary.class)
                        .doesNotHaveBean(WeightCalculatorWebFilter.class));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnMapping {

        @Bean
        RoutePredicateHandlerMapping ownMapping(
                FilteringWebHandler handler, RouteLocator locator, GlobalCorsProperties cors, Environment environment) {
            return new RoutePredicateHandlerMapping(handler, locator, cors, environment);
        }
    }
}
