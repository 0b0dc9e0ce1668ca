package dev.meridian.routes.discovery;

import dev.meridian.routes.definition.ConfigProblems;
import java.util.Arrays;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClient;

/**
 * Which services discovery may know.
 *
 * @param open whether there is a client that may know any
 */
public record KnownServices(boolean open) {

    /** Always there: the one asks the others, the other has its services from the configuration. */
    private static final Set<Class<?>> DISCOVERS_NOTHING =
            Set.of(ReactiveCompositeDiscoveryClient.class, SimpleReactiveDiscoveryClient.class);

    /** As the clients among these beans, none of which is made. */
    public static KnownServices of(ListableBeanFactory beans) {
        return new KnownServices(Arrays.stream(beans.getBeanNamesForType(ReactiveDiscoveryClient.class, true, false))
                .map(beans::getType)
                .anyMatch(type -> type != null && !DISCOVERS_NOTHING.contains(type)));
    }

    /** @param written the configuration, in which Spring Cloud's own client has its services */
    public boolean mayHave(String service, ConfigProblems written) {
        return open || written.isWritten("spring.cloud.discovery.client.simple.instances." + service + "[0].uri");
    }
}
