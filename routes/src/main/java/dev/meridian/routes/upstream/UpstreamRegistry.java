package dev.meridian.routes.upstream;

import java.util.Collection;
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

    public void replace(Map<String, Upstream> upstreams) {
        this.snapshot = Map.copyOf(upstreams);
    }
}
