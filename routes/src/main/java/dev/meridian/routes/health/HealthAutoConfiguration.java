package dev.meridian.routes.health;

import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.UpstreamRegistry;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of what looks after
 * upstreams: checks, verdicts, shares.
 */
@AutoConfiguration(afterName = "dev.meridian.routes.RoutesAutoConfiguration")
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class HealthAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Prober meridianProber(ObjectProvider<ReactorResourceFactory> resources, ObjectProvider<HttpClient> client) {
        ReactorResourceFactory factory = resources.getIfAvailable();
        LoopResources loops = factory == null ? HttpResources.get() : factory.getLoopResources();
        HttpClient stock = client.getIfAvailable();
        return new ReactorProber(
                loops, stock == null ? null : stock.configuration().sslProvider(), System::nanoTime);
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamSupervisor meridianUpstreamSupervisor(
            UpstreamRegistry registry,
            DiscoveredUpstreams discovered,
            LiveStates states,
            Prober prober,
            ObjectProvider<HealthListener> listeners) {
        return new UpstreamSupervisor(
                () -> Stream.concat(registry.all().stream(), discovered.all().stream())
                        .toList(),
                states,
                prober,
                RegionUpstreamFactory.perThread(),
                listeners.orderedStream().toList(),
                System::nanoTime);
    }
}
