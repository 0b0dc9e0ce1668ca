package dev.meridian.routes.upstream;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of the running configuration. {@link #replace} swaps all of them at once and never changes what a reader
 * already holds.
 */
public final class UpstreamRegistry {

    private volatile UpstreamView view;

    public UpstreamRegistry(Map<String, Upstream> upstreams) {
        this.view = UpstreamView.of(upstreams, UpstreamView.EMPTY);
    }

    /** The upstreams as they are configured now. */
    public UpstreamView view() {
        return view;
    }

    public @Nullable Upstream find(String name) {
        return view.find(name);
    }

    public Collection<Upstream> all() {
        return view.all();
    }

    public synchronized void replace(Map<String, Upstream> upstreams) {
        this.view = UpstreamView.of(upstreams, view);
    }

    /** Swaps one upstream, which must be there still: what was removed meanwhile does not come back. */
    public synchronized void replace(Upstream upstream) {
        view.replace(upstream);
    }
}
