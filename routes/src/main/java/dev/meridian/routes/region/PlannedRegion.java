package dev.meridian.routes.region;

import dev.meridian.routes.balance.Balancer;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Selection;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A region as a plan uses it. Immutable.
 *
 * @param candidates the endpoints that may be used, at least one
 * @param carries what it can carry of its tier's traffic, 0 to 1
 * @param balancer over all candidates
 * @param nearby over those in the gateway's own zone, {@code null} where zones play no part
 * @param nearbyShare how much of the traffic those get, 0 to 1
 */
record PlannedRegion(
        LiveRegion region,
        LiveEndpoint[] candidates,
        double carries,
        Balancer balancer,
        @Nullable Balancer nearby,
        double nearbyShare) {

    /**
     * An endpoint that has not failed the request before and can take it; {@code null} where there is none.
     *
     * @param most requests that an endpoint may have under way
     */
    @Nullable
    LiveEndpoint choose(Selection selection, int most, RandomGenerator random, long nowNanos) {
        Balancer near = nearby;
        Balancer by = near != null && (nearbyShare >= 1 || random.nextDouble() < nearbyShare) ? near : balancer;
        LiveEndpoint chosen = by.choose(selection, random, nowNanos);
        return isUsable(chosen, selection, most) ? chosen : another(selection, most, random);
    }

    private static boolean isUsable(LiveEndpoint endpoint, Selection selection, int most) {
        if (selection.triedCount() > 0 && selection.hasTried(endpoint)) {
            return false;
        }
        if (!endpoint.state().passes()) { // since the plan was made
            selection.broken(true);
            return false;
        }
        if (endpoint.state().active() >= most) {
            selection.overCapacity(true);
            return false;
        }
        return true;
    }

    private @Nullable LiveEndpoint another(Selection selection, int most, RandomGenerator random) {
        int start = random.nextInt(candidates.length);
        for (int i = 0; i < candidates.length; i++) {
            LiveEndpoint candidate = candidates[(start + i) % candidates.length];
            if (isUsable(candidate, selection, most)) {
                return candidate;
            }
        }
        return null;
    }
}
