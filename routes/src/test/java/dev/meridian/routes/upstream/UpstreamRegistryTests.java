package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void replace_one_leavesTheOthers() {
        Upstream stock = upstream("stock");
        registry.replace(Map.of("orders", first, "stock", stock));

        registry.replace(second);

        assertThat(registry.find("orders")).isSameAs(second);
        assertThat(registry.find("stock")).isSameAs(stock);
    }

    @Test
    void replace_oneThatWasRemovedMeanwhile_doesNotComeBack() {
        registry.replace(upstream("gone"));

        assertThat(registry.all()).containsExactly(first);
    }

    private static Upstream upstream(String name) {
        return new Lab().factory.of(name, List.of(Lab.endpoint(name)), Lab.settings());
    }
}
