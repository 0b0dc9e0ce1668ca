package dev.meridian.observability.endpoint;

import dev.meridian.routes.RoutesAutoConfiguration;
import dev.meridian.routes.explain.Explainer;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of {@code
 * /actuator/explain}, where it is exposed.
 */
@AutoConfiguration(after = RoutesAutoConfiguration.class)
@ConditionalOnAvailableEndpoint(ExplainEndpoint.class)
@ConditionalOnBean(Explainer.class)
public final class ExplainEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ExplainEndpoint meridianExplainEndpoint(Explainer explainer) {
        return new ExplainEndpoint(explainer);
    }
}
