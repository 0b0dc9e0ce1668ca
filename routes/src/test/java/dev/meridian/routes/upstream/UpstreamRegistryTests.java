package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpstreamRegistryTests {

    private final Upstream first = upstream("orders");
    private final Upstream second = upstream("orders");
    private final UpstreamRegistry registry = new UpstreamRegistry(Map.of("orders", first));

    @Test
    void find_isBySpelling() {
        assertThat(registry.find("orders")).isSameAs(first);
        assertThat(registry.find("Orders")).isNull();
        assertThat(registry.find("stock")).isNull();
    }

    @Test
    void replace_swapsAtOnceAndLeavesReadersWhatTheyHold() {
        Collection<Upstream> held = registry.all();

        registry.replace(Map.of("orders", second));

        assertThat(registry.find("orders")).isSameAs(second);
        assertThat(held).containsExactly(first);
    }

    @Test
    void replace_laterChangesOfTheSource_areNotSeen() {
        Map<String, Upstream> source = new HashMap<>(Map.of("orders", second));
        registry.replace(source);

        source.clear();

        assertThat(registry.all()).containsExactly(second);
    }

    private static Upstream upstream(String name) {
        return new Upstream(
                name,
                List.of(new Endpoint("http", name, 80, 1, null, Map.of())),
                new UpstreamSettings(
                        Protocol.HTTP1,
                        new PoolDefinition(1, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                        new TimeoutDefinition(Duration.ZERO, Duration.ZERO, Duration.ZERO)),
                () -> {
                    throw new AssertionError("nobody chooses here");
                });
    }
}
