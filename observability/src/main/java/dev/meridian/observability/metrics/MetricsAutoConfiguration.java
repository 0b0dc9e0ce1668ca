package dev.meridian.observability.metrics;

import dev.meridian.filters.forward.ForwardAutoConfiguration;
import dev.meridian.filters.forward.UpstreamTransport;
import dev.meridian.filters.overload.OverloadAutoConfiguration;
import dev.meridian.filters.overload.OverloadLimits;
import dev.meridian.filters.ratelimit.RateLimitAutoConfiguration;
import dev.meridian.filters.ratelimit.RateLimits;
import dev.meridian.filters.ratelimit.StoreState;
import dev.meridian.observability.exchange.ExchangeAutoConfiguration;
import dev.meridian.routes.RoutesAutoConfiguration;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.discovery.DiscoveryFeed;
import dev.meridian.routes.upstream.UpstreamRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
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
        after = {
            ForwardAutoConfiguration.class,
            OverloadAutoConfiguration.class,
            RateLimitAutoConfiguration.class,
            RoutesAutoConfiguration.class
        },
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

    @Bean
    @ConditionalOnBean(OverloadLimits.class)
    OverloadMeters meridianOverloadMeters(OverloadLimits limits) {
        return new OverloadMeters(limits, System::nanoTime, Schedulers.boundedElastic());
    }

    @Bean
    @ConditionalOnBean(RateLimits.class)
    RateLimitMeters meridianRateLimitMeters(RateLimits limits, Supplier<StoreState> store) {
        return new RateLimitMeters(limits, store, System::nanoTime, Schedulers.boundedElastic());
    }

    @Bean
    @ConditionalOnBean(UpstreamRegistry.class)
    UpstreamEventMeters meridianUpstreamEventMeters(MeterRegistry registry) {
        return new UpstreamEventMeters(registry);
    }

    @Bean
    @ConditionalOnBean({UpstreamRegistry.class, DiscoveredUpstreams.class})
    UpstreamStateMeters meridianUpstreamStateMeters(
            UpstreamRegistry upstreams,
            DiscoveredUpstreams discovered,
            ObjectProvider<DiscoveryFeed> feed,
            UpstreamEventMeters events) {
        // A configured one hides a discovered one of the same name, as it does for requests: the last one counts.
        return new UpstreamStateMeters(
                () -> Stream.concat(discovered.all().stream(), upstreams.all().stream())
                        .toList(),
                () -> feed.stream().findFirst().map(DiscoveryFeed::failures).orElse(Map.of()),
                events::show,
                System::nanoTime,
                Schedulers.boundedElastic());
    }
}
