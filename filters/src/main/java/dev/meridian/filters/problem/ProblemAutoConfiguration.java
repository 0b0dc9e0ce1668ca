package dev.meridian.filters.problem;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.annotation.Bean;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the gateway's own answers. */
@AutoConfiguration
public final class ProblemAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    GatewayErrorHandler meridianErrorHandler(ObjectProvider<ErrorWebExceptionHandler> handlers) {
        // Boot's own would answer everything, with a body of another kind.
        return new GatewayErrorHandler(() -> handlers.orderedStream()
                .filter(handler -> !handler.getClass().getName().startsWith("org.springframework.boot."))
                .toList());
    }
}
