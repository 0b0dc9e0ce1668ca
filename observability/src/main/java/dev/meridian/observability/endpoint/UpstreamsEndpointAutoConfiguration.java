package dev.meridian.observability.endpoint;

import dev.meridian.routes.RoutesAutoConfiguration;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.health.HealthAutoConfiguration;
import dev.meridian.routes.health.UpstreamSupervisor;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of {@code
 * /actuator/upstreams}, where it is exposed.
 */
@AutoConfiguration(after = {RoutesAutoConfiguration.class, HealthAutoConfiguration.class})
@ConditionalOnAvailableEndpoint(UpstreamsEndpoint.class)
@ConditionalOnBean(UpstreamSupervisor.class)
public final class UpstreamsEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    UpstreamsEndpoint meridianUpstreamsEndpoint(
            UpstreamRegistry registry, DiscoveredUpstreams discovered, UpstreamSupervisor supervisor) {
        return new UpstreamsEndpoint(() -> all(registry, discovered), supervisor::settle, System::nanoTime);
    }

    @Bean
    @ConditionalOnMissingBean
    OrderArguments meridianOrderArguments() {
        return new OrderArguments();
    }

    /** A configured one hides a discovered one of the same name, as it does for requests. */
    private static Collection<Upstream> all(UpstreamRegistry registry, DiscoveredUpstreams discovered) {
        Map<String, Upstream> all = new LinkedHashMap<>();
        Stream.concat(registry.all().stream(), discovered.all().stream())
                .forEach(upstream -> all.putIfAbsent(upstream.name(), upstream));
        return all.values();
    }
}
