package dev.meridian.filters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.client.ClientAutoConfiguration;
import dev.meridian.filters.client.TrustedProxies;
import dev.meridian.filters.guard.GuardAutoConfiguration;
import dev.meridian.filters.problem.GatewayErrorHandler;
import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.validate.ConfigValidator;
import dev.meridian.routes.validate.Validation;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import reactor.core.publisher.Mono;

/** Which of the beans are there, under which condition. */
class FiltersAutoConfigurationTests {

    private static final String SHORT_WAY = "management.observations.enable.http.server.requests=false";
    private static final String STOCK = "spring.cloud.gateway.server.webflux.";

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0s")
            .withUserConfiguration(Application.class);
    private final ReactiveWebApplicationContextRunner settings = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ClientAutoConfiguration.class, GuardAutoConfiguration.class));

    // ---- the short way from the server to the routes

    @Test
    void httpHandler_observationsSwitchedOff_isOurs() {
        runner.withPropertyValues(SHORT_WAY)
                .run(context -> assertThat(isOurs(context)).isTrue());
    }

    @Test
    void httpHandler_observationsOn_isSprings() {
        runner.withPropertyValues("management.observations.enable.http.server.requests=true")
                .run(context -> assertThat(isOurs(context)).isFalse());
    }

    @Test
    void httpHandler_basePath_isSprings() {
        runner.withPropertyValues(SHORT_WAY, "spring.webflux.base-path=/api")
                .run(context -> assertThat(isOurs(context)).isFalse());
    }

    @Test
    void httpHandler_forwardedHeaderTransformer_isSprings() {
        runner.withPropertyValues(SHORT_WAY)
                .withUserConfiguration(Transformer.class)
                .run(context -> assertThat(isOurs(context)).isFalse());
    }

    @Test
    void httpHandler_forwardHeadersStrategyOfTheFramework_isSprings() {
        runner.withPropertyValues(SHORT_WAY, "server.forward-headers-strategy=framework")
                .run(context -> assertThat(isOurs(context)).isFalse());
    }

    @Test
    void httpHandler_applicationsOwn_stays() {
        runner.withPropertyValues(SHORT_WAY)
                .withUserConfiguration(OwnHandler.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(HttpHandler.class)
                        .hasBean("ownHandler"));
    }

    @Test
    void everything_gatewaySwitchedOff_standsBack() {
        // The stock limiter does not stand back by itself where there is Redis on the class path.
        runner.withPropertyValues(SHORT_WAY, STOCK + "enabled=false", STOCK + "redis.enabled=false")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(isOurs(context)).isFalse();
                    assertThat(has(context, "forward.ForwardFilter")).isFalse();
                });
    }

    // ---- the forwarder

    @Test
    void forwarder_byDefault_takesTheStockClientsPlaceButNotTheShortWay() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(GatewayErrorHandler.class);
            assertThat(has(context, "forward.ForwardFilter")).isTrue();
            assertThat(isOurs(context)).as("the short way").isFalse();
        });
    }

    @Test
    void forwarder_stockProxyIsSetUp_standsBack() {
        runner.withPropertyValues(STOCK + "httpclient.proxy.host=proxy.example").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(has(context, "forward.ForwardFilter")).isFalse();
        });
    }

    // ---- settings

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "meridian.client-address.trusted-proxies[1]=nonsense | meridian.client-address.trusted-proxies[1]",
                "meridian.client-address.trusted-proxies[1]=10.0.0.0/33 | meridian.client-address.trusted-proxies[1]",
                "spring.cloud.gateway.server.webflux.trusted-proxies=( | spring.cloud.gateway.server.webflux.trusted-proxies",
                "meridian.http.max-headers=0               | meridian.http.max-headers",
                "meridian.http.max-request-line=0B         | meridian.http.max-request-line",
                "meridian.http.max-header-size=17MB        | meridian.http.max-header-size",
                "meridian.http.max-request-body=0B         | meridian.http.max-request-body",
                "meridian.http.header-timeout=0s           | meridian.http.header-timeout",
                "meridian.http.idle-timeout=-1s            | meridian.http.idle-timeout",
            })
    void settings_impossibleValue_failsTheStart(String property, String expected) {
        settings.withPropertyValues("meridian.client-address.trusted-proxies[0]=10.0.0.0/8", property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidConfigException.class,
                                e -> assertThat(e.problems())
                                        .extracting(ConfigProblem::property)
                                        .containsExactly(expected)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "meridian.client-address.trusted-proxy=10.0.0.1",
                "meridian.http.max-header=1",
            })
    void settings_unknownKey_failsTheStart(String property) {
        settings.withPropertyValues(property)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(name(property)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Timeout=response:2s,total:10s | ",
                "Timeout=total:1s              | a total of at least PT2S, the retry.per-try-timeout of the upstream orders",
                "Timeout=response:0s           | response from 1ms to 24h, which 0s is not",
                "Timeout=reponse:2s            | did you mean response?",
                "Timeout                       | at least one of connect, tls, response, idle, total",
            })
    void timeoutFilter_isCheckedWithItsRoute(String filter, @Nullable String expected) {
        runner.run(context -> {
            MockEnvironment environment = new MockEnvironment();
            environment
                    .withProperty("meridian.upstreams.orders.endpoints[0]", "http://a:1")
                    .withProperty("meridian.upstreams.orders.retry.per-try-timeout", "2s")
                    .withProperty(STOCK + "routes[0].id", "a")
                    .withProperty(STOCK + "routes[0].uri", "lb://orders")
                    .withProperty(STOCK + "routes[0].predicates[0]", "Path=/a")
                    .withProperty(STOCK + "routes[0].filters[0]", filter);
            ConfigurationPropertySources.attach(environment);
            Validation found = context.getBean(ConfigValidator.class).validate(environment);
            if (expected == null) {
                assertThat(found.errors()).isEmpty();
                assertThat(found.warnings()).isEmpty();
            } else {
                assertThat(found.errors()).singleElement().satisfies(problem -> {
                    assertThat(problem.property()).isEqualTo(STOCK + "routes[0].filters[0]");
                    assertThat(problem.expected()).contains(expected);
                });
            }
        });
    }

    @Test
    void settings_nothingWritten_trustsNobody() {
        settings.run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(TrustedProxies.class).isEmpty()).isTrue();
        });
    }

    private static String name(String property) {
        return property.substring(0, property.indexOf('='));
    }

    private static boolean isOurs(BeanFactory context) {
        return context.getBean(HttpHandler.class).getClass().getName().startsWith("dev.meridian.");
    }

    private static boolean has(ApplicationContext context, String type) {
        return Arrays.stream(context.getBeanDefinitionNames())
                .map(context::getType)
                .anyMatch(found -> found != null && found.getName().equals("dev.meridian.filters." + type));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class Transformer {

        @Bean
        ForwardedHeaderTransformer transformer() {
            return new ForwardedHeaderTransformer();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnHandler {

        @Bean
        HttpHandler ownHandler() {
            return (request, response) -> Mono.empty();
        }
    }
}
