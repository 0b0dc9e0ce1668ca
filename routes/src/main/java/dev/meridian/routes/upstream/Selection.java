package dev.meridian.routes.upstream;

import dev.meridian.routes.geo.GeoPoint;
import org.jspecify.annotations.Nullable;

/**
 * What a choice needs to know of one request, and what has been chosen for it before. Confined to the request.
 */
public abstract class Selection {

    private LiveEndpoint @Nullable [] tried;
    private int count;
    private boolean again;
    private boolean overCapacity;
    private boolean broken;

    /** Where the client is, {@code null} where nobody knows. Asked only where regions are chosen by it. */
    public abstract @Nullable GeoPoint clientLocation();

    /** A hash of the request's key, all bits of it good. Asked only where endpoints are chosen by it. */
    public abstract long keyHash();

    /** The endpoint has failed the request: another is to be found. */
    public final void tried(LiveEndpoint endpoint) {
        LiveEndpoint[] before = tried;
        if (before == null) {
            before = new LiveEndpoint[4];
        } else if (count == before.length) {
            before = java.util.Arrays.copyOf(before, count * 2);
        }
        before[count++] = endpoint;
        tried = before;
        again = false;
    }

    /** Until the next one fails it, what has failed it may be chosen again. */
    public final void forgive() {
        again = true;
    }

    /** The endpoint that failed it last. */
    public final @Nullable LiveEndpoint lastTried() {
        LiveEndpoint[] all = tried;
        return all == null ? null : all[count - 1];
    }

    /** How many endpoints have failed it. */
    public final int triedCount() {
        return count;
    }

    public final boolean hasTried(LiveEndpoint endpoint) {
        for (int i = 0; i < count && !again; i++) {
            // By its state: a change of configuration meanwhile makes another object of the same endpoint.
            if (tried != null && tried[i].state() == endpoint.state()) {
                return true;
            }
        }
        return false;
    }

    public final int triedIn(RegionState region) {
        int in = 0;
        for (int i = 0; i < count; i++) {
            if (tried != null && tried[i].region() == region) {
                in++;
            }
        }
        return in;
    }

    /** Whether there was an endpoint, but no capacity left. */
    public final boolean overCapacity() {
        return overCapacity;
    }

    public final void overCapacity(boolean over) {
        this.overCapacity = over;
    }

    /** Whether there was an endpoint, but a circuit breaker that is open. */
    public final boolean broken() {
        return broken;
    }

    public final void broken(boolean open) {
        this.broken = open;
    }
}
