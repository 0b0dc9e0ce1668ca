package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpstreamViewTests {

    private final Upstream orders = upstream("orders");
    private final Upstream stock = upstream("stock");
    private final UpstreamView before = UpstreamView.of(Map.of("orders", orders, "stock", stock), UpstreamView.EMPTY);

    private static Upstream upstream(String name) {
        return new Lab().factory.of(name, List.of(Lab.endpoint(name)), Lab.settings());
    }

    @Test
    void of_changedUpstream_isAnotherInTheNewViewOnly() {
        Upstream changed = upstream("orders");
        UpstreamView after = UpstreamView.of(Map.of("orders", changed), before);

        assertThat(after.find("orders")).isSameAs(changed);
        assertThat(after.find("stock")).isNull();
        assertThat(before.find("orders")).isSameAs(orders);
        assertThat(before.find("stock")).isSameAs(stock);
    }

    @Test
    void replace_upstreamThatHasNotChanged_isSeenInBothViews() {
        UpstreamView after = UpstreamView.of(Map.of("orders", orders), before);
        Upstream discovered = upstream("orders");

        after.replace(discovered);

        assertThat(after.find("orders")).isSameAs(discovered);
        assertThat(before.find("orders")).isSameAs(discovered);
    }

    @Test
    void replace_upstreamThatHasChanged_isSeenInItsOwnViewOnly() {
        UpstreamView after = UpstreamView.of(Map.of("orders", upstream("orders")), before);

        after.replace(upstream("orders"));

        assertThat(before.find("orders")).isSameAs(orders);
    }

    @Test
    void replace_unknown_isNotAdded() {
        before.replace(upstream("payments"));

        assertThat(before.find("payments")).isNull();
        assertThat(before.all()).containsExactlyInAnyOrder(orders, stock);
    }
}
