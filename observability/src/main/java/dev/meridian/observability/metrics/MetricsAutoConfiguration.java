package dev.meridian.observability.metrics;

import dev.meridian.filters.forward.ForwardAutoConfiguration;
import dev.meridian.filters.forward.UpstreamTransport;
import dev.meridian.observability.exchange.ExchangeAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import reactor.core.scheduler.Schedulers;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the gateway's meters, in an
 * application that has a registry for them.
 */
@AutoConfiguration(
        before = ExchangeAutoConfiguration.class,
        after = ForwardAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class MetricsAutoConfiguration {

    @Bean
    ExchangeMeters meridianExchangeMeters(MeterRegistry registry) {
        return new ExchangeMeters(registry);
    }

    @Bean
    RemovedRoutes meridianRemovedRoutes(ExchangeMeters meters) {
        return new RemovedRoutes(meters);
    }

    @Bean
    @ConditionalOnBean(UpstreamTransport.class)
    UpstreamPoolMeters meridianUpstreamPoolMeters(UpstreamTransport transport) {
        return new UpstreamPoolMeters(transport::pools, System::nanoTime, Schedulers.boundedElastic());
    }
}
