package dev.meridian.routes.discovery;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Mono;

/**
 * Upstreams made from what a {@link ReactiveDiscoveryClient} knows. A service is asked for when it is first needed and
 * refreshed behind the requests' back while it is used; an answer that fails or is empty leaves the last known endpoints
 * in place. Thread-safe.
 */
public final class DiscoveredUpstreams {

    private static final Logger log = LoggerFactory.getLogger(DiscoveredUpstreams.class);
    private static final long REFRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final @Nullable ReactiveDiscoveryClient client;
    private final UpstreamSettings settings;
    private final UpstreamFactory factory;
    private final LongSupplier ticker;
    private final Map<String, Service> services = new ConcurrentHashMap<>();

    /**
     * @param client {@code null} where there is none: then no service is ever found
     * @param ticker nanoseconds, as {@link System#nanoTime()}
     */
    public DiscoveredUpstreams(
            @Nullable ReactiveDiscoveryClient client,
            UpstreamSettings settings,
            UpstreamFactory factory,
            LongSupplier ticker) {
        this.client = client;
        this.settings = settings;
        this.factory = factory;
        this.ticker = ticker;
    }

    /** The service's upstream; empty where discovery does not know it or does not answer within two seconds. */
    public Mono<Upstream> find(String name) {
        if (client == null) {
            return Mono.empty();
        }
        Service service = services.get(name);
        if (service == null) {
            // Kept only when it has endpoints, so that names made up by clients take no memory.
            return ask(client, name).map(found -> {
                services.put(name, new Service(found, ticker.getAsLong()));
                return found;
            });
        }
        Upstream known = service.upstream;
        refresh(client, name, service);
        return Mono.just(known);
    }

    private void refresh(ReactiveDiscoveryClient asked, String name, Service service) {
        long now = ticker.getAsLong();
        if (now - service.refreshedNanos < REFRESH_NANOS || !service.refreshing.compareAndSet(false, true)) {
            return;
        }
        ask(asked, name)
                .doFinally(signal -> {
                    service.refreshedNanos = now;
                    service.refreshing.set(false);
                })
                .subscribe(found -> {
                    // The same endpoints keep their upstream, and with it the state of the choice.
                    if (!found.endpoints().equals(service.upstream.endpoints())) {
                        service.upstream = found;
                    }
                });
    }

    private Mono<Upstream> ask(ReactiveDiscoveryClient asked, String name) {
        return Instances.ask(asked, name)
                .onErrorResume(e -> {
                    log.warn("Discovery did not answer for {}: {}", name, e.toString());
                    return Mono.empty();
                })
                .filter(byRegion -> !byRegion.isEmpty())
                .map(byRegion -> factory.create(name, regions(byRegion), settings));
    }

    /** Regions of which nothing is configured are all alike. */
    private static List<Region> regions(Map<String, List<Endpoint>> byRegion) {
        List<Region> regions = new ArrayList<>();
        byRegion.forEach(
                (name, endpoints) -> regions.add(new Region(name, 0, 1, null, 0, ServingState.ACTIVE, endpoints)));
        return regions;
    }

    /** Those that have been asked for and found. */
    public Collection<Upstream> all() {
        return services.values().stream().map(service -> service.upstream).toList();
    }

    private static final class Service {

        private volatile Upstream upstream;
        private volatile long refreshedNanos;
        private final AtomicBoolean refreshing = new AtomicBoolean();

        Service(Upstream upstream, long refreshedNanos) {
            this.upstream = upstream;
            this.refreshedNanos = refreshedNanos;
        }
    }
}
