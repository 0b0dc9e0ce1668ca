package dev.meridian.routes.upstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a choice of region and endpoint goes by.
 *
 * @param regions in order of priority
 * @param note {@code null} where there is nothing to add
 */
public record SelectionExplanation(
        List<RegionChance> regions, @Nullable String note) {

    public SelectionExplanation {
        regions = List.copyOf(regions);
    }

    /**
     * One region's part.
     *
     * @param share of all requests, 0 to 1
     * @param probability that this request goes there first, 0 to 1
     * @param reason why it takes none, or less than its weight says; empty where there is nothing to say
     * @param capacityLeft whether it would take one more request now, {@code null} where it has no limit
     * @param nearbyShare how much of its traffic its endpoints in the gateway's own zone get, {@code null} where zones
     *     play no part
     * @param endpoints all of them
     */
    public record RegionChance(
            String region,
            double share,
            double probability,
            String reason,
            @Nullable Boolean capacityLeft,
            @Nullable Double nearbyShare,
            List<EndpointChance> endpoints) {}

    /**
     * One endpoint's part.
     *
     * @param candidate whether it may be chosen at present
     * @param weight that counts: less than configured while it returns
     * @param probability inside its region, 0 to 1; {@code null} where it depends on what is under way
     */
    public record EndpointChance(
            LiveEndpoint endpoint,
            boolean candidate,
            double weight,
            @Nullable Double probability) {}
}
