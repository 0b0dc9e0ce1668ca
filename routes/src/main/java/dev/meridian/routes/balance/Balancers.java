package dev.meridian.routes.balance;

import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.upstream.LiveRegion;
import org.jspecify.annotations.Nullable;

/** Makes the balancer that a region's endpoints are picked by. */
public final class Balancers {

    private Balancers() {}

    /** @param ring of the region, needed for {@link BalanceAlgorithm#HASH} */
    public static Balancer of(
            BalanceAlgorithm algorithm, LiveRegion region, Candidates candidates, @Nullable HashRing ring) {
        return switch (algorithm) {
            case ROUND_ROBIN -> new RoundRobin(candidates);
            case RANDOM -> new RandomChoice(candidates);
            case LEAST_REQUEST -> new TwoChoices(candidates, new LeastRequest(candidates));
            case LEAST_RESPONSE_TIME -> new TwoChoices(candidates, new LeastResponseTime(candidates));
            case RESOURCE -> new TwoChoices(candidates, new LeastUtilised(candidates));
            case HASH ->
                new BoundedLoadHash(
                        ring == null ? new HashRing(region) : ring,
                        candidates,
                        region.endpoints().size());
        };
    }
}
