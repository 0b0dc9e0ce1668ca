package dev.meridian.routes.discovery;

import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.EndpointChooser;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Upstreams made from what a {@link ReactiveDiscoveryClient} knows. A service is asked for when it is first needed and
 * refreshed behind the requests' back while it is used; an answer that fails or is empty leaves the last known endpoints
 * in place. Thread-safe.
 */
public final class DiscoveredUpstreams {

    private static final Logger log = LoggerFactory.getLogger(DiscoveredUpstreams.class);
    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final long REFRESH_NANOS = Duration.ofSeconds(5).toNanos();

    private final @Nullable ReactiveDiscoveryClient client;
    private final UpstreamSettings settings;
    private final Function<List<Endpoint>, EndpointChooser> balance;
    private final LongSupplier ticker;
    private final Map<String, Service> services = new ConcurrentHashMap<>();

    /**
     * @param client {@code null} where there is none: then no service is ever found
     * @param ticker nanoseconds, as {@link System#nanoTime()}
     */
    public DiscoveredUpstreams(
            @Nullable ReactiveDiscoveryClient client,
            UpstreamSettings settings,
            Function<List<Endpoint>, EndpointChooser> balance,
            LongSupplier ticker) {
        this.client = client;
        this.settings = settings;
        this.balance = balance;
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
        return Flux.defer(() -> asked.getInstances(name))
                .map(DiscoveredUpstreams::endpoint)
                .distinct()
                .collectList()
                .timeout(DEADLINE)
                // A client may block although it is called reactive.
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorResume(e -> {
                    log.warn("Discovery did not answer for {}: {}", name, e.toString());
                    return Mono.empty();
                })
                .filter(endpoints -> !endpoints.isEmpty())
                .map(endpoints -> new Upstream(name, endpoints, settings, balance.apply(endpoints)));
    }

    private static Endpoint endpoint(ServiceInstance instance) {
        String scheme = instance.isSecure() ? "https" : "http";
        int port = instance.getPort() > 0 ? instance.getPort() : instance.isSecure() ? 443 : 80;
        Map<String, String> metadata = new HashMap<>();
        if (instance.getMetadata() != null) {
            instance.getMetadata().forEach((key, value) -> {
                if (value != null) {
                    metadata.put(key, value);
                }
            });
        }
        return new Endpoint(
                scheme, instance.getHost(), port, weight(metadata.get("weight")), metadata.get("zone"), metadata);
    }

    /** A weight that is no number from 1 to 1000 counts as 1: metadata is not ours to refuse. */
    private static int weight(@Nullable String text) {
        try {
            int weight = text == null ? 1 : Integer.parseInt(text.trim());
            return weight >= 1 && weight <= 1000 ? weight : 1;
        } catch (NumberFormatException e) {
            return 1;
        }
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
