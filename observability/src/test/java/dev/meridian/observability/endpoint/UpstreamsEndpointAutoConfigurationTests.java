package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.RoutesAutoConfiguration;
import dev.meridian.routes.canary.CanaryAutoConfiguration;
import dev.meridian.routes.health.HealthAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;

class UpstreamsEndpointAutoConfigurationTests {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    UpstreamsEndpointAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    WebEndpointAutoConfiguration.class));
    private final ReactiveWebApplicationContextRunner withRoutes = runner.withConfiguration(AutoConfigurations.of(
            RoutesAutoConfiguration.class,
            CanaryAutoConfiguration.class,
            HealthAutoConfiguration.class,
            GatewayAutoConfiguration.class,
            SslAutoConfiguration.class,
            WebFluxAutoConfiguration.class));

    @Test
    void exposed_isThere() {
        withRoutes
                .withPropertyValues("management.endpoints.web.exposure.include=upstreams")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(UpstreamsEndpoint.class)
                        .hasSingleBean(OrderArguments.class));
    }

    @Test
    void notExposed_isNotThere() {
        withRoutes.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(UpstreamsEndpoint.class));
    }

    @Test
    void withoutUpstreams_isNotThere() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=upstreams")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(UpstreamsEndpoint.class));
    }
}
