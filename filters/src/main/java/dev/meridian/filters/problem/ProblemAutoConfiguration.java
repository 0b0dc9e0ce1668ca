package dev.meridian.filters.problem;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the gateway's own answers. */
@AutoConfiguration
public final class ProblemAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    GatewayErrorHandler meridianErrorHandler() {
        return new GatewayErrorHandler();
    }
}
