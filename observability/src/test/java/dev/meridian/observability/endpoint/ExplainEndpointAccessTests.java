package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.explain.Explainer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;

class ExplainEndpointAccessTests {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    ExplainEndpointAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    WebEndpointAutoConfiguration.class))
            .withBean(Explainer.class, () -> new Explainer(List.of()))
            .withPropertyValues("management.endpoints.web.exposure.include=*");

    @Test
    void exposed_isThere() {
        runner.run(context -> assertThat(context).hasNotFailed().hasSingleBean(ExplainEndpoint.class));
    }

    @Test
    void accessNone_isNotThere() {
        runner.withPropertyValues("management.endpoint.explain.access=NONE")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ExplainEndpoint.class));
    }

    @Test
    void accessNoneForAll_isNotThere() {
        runner.withPropertyValues("management.endpoints.access.default=NONE")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ExplainEndpoint.class));
    }
}
