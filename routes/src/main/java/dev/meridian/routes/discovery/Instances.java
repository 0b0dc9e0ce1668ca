package dev.meridian.routes.discovery;

import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Region;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Asks discovery, and reads instances as endpoints. */
final class Instances {

    private static final Duration DEADLINE = Duration.ofSeconds(2);
    private static final int MAX_WEIGHT = 1000;

    private Instances() {}

    /** The service's endpoints by region; an error where discovery does not answer within two seconds. */
    static Mono<Map<String, List<Endpoint>>> ask(ReactiveDiscoveryClient client, String service) {
        return Flux.defer(() -> client.getInstances(service))
                .distinct(Instances::identity)
                // Few registries have an order: the same instances must be the same answer.
                .sort(Comparator.comparing(Instances::identity))
                .collect(LinkedHashMap<String, List<Endpoint>>::new, Instances::add)
                .timeout(DEADLINE)
                // A client may block although it is called reactive.
                .subscribeOn(Schedulers.boundedElastic())
                .map(byRegion -> byRegion);
    }

    private static String identity(ServiceInstance instance) {
        return region(instance) + " " + endpoint(instance).url();
    }

    private static void add(Map<String, List<Endpoint>> byRegion, ServiceInstance instance) {
        byRegion.computeIfAbsent(region(instance), name -> new ArrayList<>()).add(endpoint(instance));
    }

    private static String region(ServiceInstance instance) {
        Map<String, String> metadata = instance.getMetadata();
        String region = metadata == null ? null : metadata.get("region");
        return region == null || region.isBlank() ? Region.DEFAULT_NAME : region.trim();
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
            return weight >= 1 && weight <= MAX_WEIGHT ? weight : 1;
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
