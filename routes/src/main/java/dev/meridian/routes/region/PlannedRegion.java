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

    /** An endpoint that has not failed the request before; {@code null} where all have. */
    @Nullable
    LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos) {
        Balancer near = nearby;
        Balancer by = near != null && (nearbyShare >= 1 || random.nextDouble() < nearbyShare) ? near : balancer;
        LiveEndpoint chosen = by.choose(selection, random, nowNanos);
        return selection.triedCount() == 0 || !selection.hasTried(chosen) ? chosen : another(selection, random);
    }

    private @Nullable LiveEndpoint another(Selection selection, RandomGenerator random) {
        int start = random.nextInt(candidates.length);
        for (int i = 0; i < candidates.length; i++) {
            LiveEndpoint candidate = candidates[(start + i) % candidates.length];
            if (!selection.hasTried(candidate)) {
                return candidate;
            }
        }
        return null;
    }
}
