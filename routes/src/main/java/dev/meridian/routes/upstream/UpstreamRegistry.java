package dev.meridian.routes.upstream;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of the running configuration. Readers see one immutable snapshot at a time; {@link #replace} swaps it
 * at once and never changes what a reader already holds.
 */
public final class UpstreamRegistry {

    private volatile Map<String, Upstream> snapshot;

    public UpstreamRegistry(Map<String, Upstream> upstreams) {
        this.snapshot = Map.copyOf(upstreams);
    }

    public @Nullable Upstream find(String name) {
        return snapshot.get(name);
    }

    public Collection<Upstream> all() {
        return snapshot.values();
    }

    public synchronized void replace(Map<String, Upstream> upstreams) {
        this.snapshot = Map.copyOf(upstreams);
    }

    /** Swaps one upstream, which must be there still: what was removed meanwhile does not come back. */
    public synchronized void replace(Upstream upstream) {
        if (snapshot.containsKey(upstream.name())) {
            Map<String, Upstream> next = new HashMap<>(snapshot);
            next.put(upstream.name(), upstream);
            this.snapshot = Map.copyOf(next);
        }
    }
}
