package dev.meridian.filters.problem;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.annotation.Bean;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the gateway's own answers. */
@AutoConfiguration(before = ErrorWebFluxAutoConfiguration.class)
public final class ProblemAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(ErrorWebExceptionHandler.class)
    GatewayErrorHandler meridianErrorHandler() {
        return new GatewayErrorHandler();
    }
}
