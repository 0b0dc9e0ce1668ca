package dev.meridian.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.match.GatewayHandlerMapping;
import dev.meridian.routes.match.PreparedFilteringWebHandler;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.validate.ConfigWarnings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class RoutesAutoConfigurationTests {

    private final ReactiveWebApplicationContextRunner runner =
            new ReactiveWebApplicationContextRunner().withUserConfiguration(Application.class);

    @Test
    void start_invalid_tellsAllThatIsWrong(CapturedOutput output) {
        assertThatException()
                .isThrownBy(() -> new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.REACTIVE)
                        .run(
                                "--server.port=0",
                                "--meridian.upstreams.orders.endpoints=http://a:1",
                                "--spring.cloud.gateway.server.webflux.routes[0].id=a",
                                "--spring.cloud.gateway.server.webflux.routes[0].uri=lb://ordrs",
                                "--spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Pth=/a",
                                "--spring.cloud.gateway.server.webflux.routes[1].uri=lb://orders",
                                "--spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/{x:((a+)+)+b}"));

        assertThat(output).contains("Did you mean: orders", "Did you mean: Path", "comes to an end");
    }

    @Test
    void start_whatStockStartsWith_isOnlyTold() {
        runner.withPropertyValues(
                        "spring.cloud.gateway.server.webflux.routes[0].id=a",
                        "spring.cloud.gateway.server.webflux.routes[0].uri=lb://nobody",
                        "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/a",
                        "spring.cloud.gateway.server.webflux.htpclient=x")
                .run(context -> assertThat(context.getBean(ConfigWarnings.class).current())
                        .extracting(ConfigProblem::property)
                        .containsExactly(
                                "spring.cloud.gateway.server.webflux.htpclient",
                                "spring.cloud.gateway.server.webflux.routes[0].uri"));
    }

    @Test
    void context_withUpstreams_bindsThem() {
        runner.withPropertyValues(
                        "meridian.region=eu-west",
                        "meridian.upstreams.orders.endpoints=http://a:1,http://b:1",
                        "meridian.upstreams.orders.timeout.response=7s",
                        "meridian.upstreams.stock.protocol=h2",
                        "meridian.upstreams.stock.endpoints[0].uri=https://c",
                        "meridian.upstreams.stock.endpoints[0].weight=3")
                .run(context -> {
                    UpstreamRegistry registry = context.getBean(UpstreamRegistry.class);
                    assertThat(registry.all()).hasSize(2);
                    assertThat(Objects.requireNonNull(registry.find("orders")).endpoints())
                            .extracting(Endpoint::url)
                            .containsExactly("http://a:1", "http://b:1");
                    assertThat(Objects.requireNonNull(registry.find("orders"))
                                    .settings()
                                    .timeout()
                                    .response())
                            .isEqualTo(Duration.ofSeconds(7));
                    assertThat(Objects.requireNonNull(registry.find("stock")).endpoints())
                            .containsExactly(new Endpoint("https", "c", 443, 3, null, Map.of()));
                });
    }

    @Test
    void context_withoutAnything_startsAndReplacesTheStockMapping() {
        runner.run(context -> {
            assertThat(context)
                    .hasNotFailed()
                    .hasSingleBean(RoutePredicateHandlerMapping.class)
                    .hasSingleBean(GatewayHandlerMapping.class)
                    .hasSingleBean(FilteringWebHandler.class)
                    .hasSingleBean(PreparedFilteringWebHandler.class)
                    .hasSingleBean(DiscoveredUpstreams.class);
            assertThat(context.getBean(UpstreamRegistry.class).all()).isEmpty();
        });
    }

    @Test
    void context_gatewaySwitchedOff_hasNothingOfOurs() {
        runner.withPropertyValues("spring.cloud.gateway.server.webflux.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(UpstreamRegistry.class)
                        .doesNotHaveBean(GatewayHandlerMapping.class));
    }

    @Test
    void context_applicationsOwnBeans_goFirst() {
        runner.withUserConfiguration(OwnBeans.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(FilteringWebHandler.class)
                        .doesNotHaveBean(PreparedFilteringWebHandler.class)
                        .hasSingleBean(RoutePredicateHandlerMapping.class)
                        .doesNotHaveBean(GatewayHandlerMapping.class)
                        .hasBean("ownRegistry")
                        .hasSingleBean(UpstreamRegistry.class));
    }

    @Test
    void context_badUpstreams_failsWithEveryProblem() {
        runner.withPropertyValues(
                        "meridian.upstreams.orders.endpoints=nonsense", "meridian.upstreams.stock.pool.max-pending=-1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidConfigException.class,
                                e -> assertThat(e.problems())
                                        .extracting(ConfigProblem::property)
                                        .containsExactlyInAnyOrder(
                                                "meridian.upstreams.orders.endpoints[0]",
                                                "meridian.upstreams.stock.pool.max-pending",
                                                "meridian.upstreams.stock.endpoints")));
    }

    @Test
    void context_unknownKeyInAnUpstream_fails() {
        runner.withPropertyValues("meridian.upstreams.orders.endpoint=http://a")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnboundConfigurationPropertiesException.class)
                        .hasMessageContaining("meridian.upstreams.orders.endpoint"));
    }

    @Test
    void context_unknownKeyUnderMeridian_fails() {
        runner.withPropertyValues("meridian.upstream.orders=http://a")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidConfigException.class)
                        .hasMessageContaining("meridian.upstream.orders"));
    }

    @Test
    void start_badConfig_printsTheAnalysisInPlaceOfAStackTrace(CapturedOutput output) {
        assertThatException()
                .isThrownBy(() ->
                        start("--meridian.upstreams.orders.endpoints=ftp://a").close());

        assertThat(output.getAll().replace("\r\n", "\n"))
                .contains("APPLICATION FAILED TO START")
                .contains("""
                        The configuration is not valid:

                            Property: meridian.upstreams.orders.endpoints[0]
                            Value: "ftp://a"
                        """)
                .contains("    Expected: a uri like http://host:port or https://host:port, without a path")
                .contains("Correct the properties named above.")
                .doesNotContain("\tat dev.meridian");
    }

    private static ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .properties("server.port=0")
                .run(arguments);
    }

    @Test
    void context_noDiscovery_findsNothing() {
        runner.run(context -> assertThat(context.getBean(DiscoveredUpstreams.class)
                        .find("anything")
                        .blockOptional(Duration.ofSeconds(5)))
                .isEmpty());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {

        @Bean
        FilteringWebHandler ownHandler() {
            return new FilteringWebHandler(List.of(), false);
        }

        @Bean
        UpstreamRegistry ownRegistry() {
            return new UpstreamRegistry(Map.of());
        }
    }
}
