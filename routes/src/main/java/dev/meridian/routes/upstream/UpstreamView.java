package dev.meridian.routes.upstream;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of one configuration. Which ones there are never changes; an upstream's endpoints do, as discovery finds
 * them. A request keeps the view that it began with. Thread-safe.
 */
public final class UpstreamView {

    /** No upstreams. */
    public static final UpstreamView EMPTY = new UpstreamView(Map.of());

    private final Map<String, AtomicReference<Upstream>> byName;

    private UpstreamView(Map<String, AtomicReference<Upstream>> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** An upstream that is in the view before too stays what it is there, also when discovery changes it later. */
    static UpstreamView of(Map<String, Upstream> upstreams, UpstreamView before) {
        Map<String, AtomicReference<Upstream>> byName = new LinkedHashMap<>();
        upstreams.forEach((name, upstream) -> {
            AtomicReference<Upstream> known = before.byName.get(name);
            byName.put(name, known != null && known.get() == upstream ? known : new AtomicReference<>(upstream));
        });
        return new UpstreamView(byName);
    }

    public @Nullable Upstream find(String name) {
        AtomicReference<Upstream> found = byName.get(name);
        return found == null ? null : found.get();
    }

    public Collection<Upstream> all() {
        return byName.values().stream().map(AtomicReference::get).toList();
    }

    /** Swaps one upstream for itself with other endpoints; one that is not there is not added. */
    void replace(Upstream upstream) {
        AtomicReference<Upstream> known = byName.get(upstream.name());
        if (known != null) {
            known.set(upstream);
        }
    }
}
