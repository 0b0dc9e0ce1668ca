package dev.meridian.routes.region;

import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.SelectionExplanation;
import dev.meridian.routes.upstream.SelectionExplanation.EndpointChance;
import dev.meridian.routes.upstream.SelectionExplanation.RegionChance;
import dev.meridian.routes.upstream.SelectionSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads out of a plan how likely each region and endpoint is, and draws nothing. */
final class PlanExplainer {

    private final RegionPlan plan;
    private final List<LiveRegion> regions;
    private final SelectionSettings settings;
    private final long nowNanos;

    PlanExplainer(RegionPlan plan, List<LiveRegion> regions, SelectionSettings settings, long nowNanos) {
        this.plan = plan;
        this.regions = regions;
        this.settings = settings;
        this.nowNanos = nowNanos;
    }

    /** @param reasons why a region takes none or less */
    SelectionExplanation explain(Selection selection, Function<LiveRegion, String> reasons) {
        boolean byPlace = settings.regionSelection() == RegionSelection.GEO && plan.size() > 1;
        GeoPoint client = byPlace ? selection.clientLocation() : null;
        double[] chances = plan.chances(client);
        List<RegionChance> explained = new ArrayList<>();
        for (LiveRegion region : regions) {
            int at = plan.indexOf(region.state());
            PlannedRegion planned = at < 0 ? null : plan.region(at);
            int capacity = region.region().capacity();
            explained.add(new RegionChance(
                    region.name(),
                    at < 0 ? 0 : plan.share(at),
                    at < 0 ? 0 : chances[at],
                    reasons.apply(region),
                    capacity == 0 ? null : region.state().rate().hasRoom(capacity, nowNanos),
                    planned == null || planned.nearby() == null ? null : planned.nearbyShare(),
                    endpoints(region, planned, selection)));
        }
        String note = byPlace && client == null
                ? "the client's place is not known: regions are chosen by latency"
                : plan.size() == 0 ? "nobody can serve: the request is answered with 503" : null;
        return new SelectionExplanation(explained, note);
    }

    private List<EndpointChance> endpoints(LiveRegion region, @Nullable PlannedRegion planned, Selection selection) {
        List<LiveEndpoint> candidates = planned == null ? List.of() : Arrays.asList(planned.candidates());
        double sum = candidates.stream().mapToDouble(this::weight).sum();
        // Hashing is the one way of choosing that leaves nothing to chance or to turns, and takes nothing.
        LiveEndpoint hashed = planned != null && settings.balance() == BalanceAlgorithm.HASH
                ? planned.balancer().choose(selection, () -> 0L, nowNanos)
                : null;
        List<EndpointChance> explained = new ArrayList<>();
        for (LiveEndpoint endpoint : region.endpoints()) {
            boolean candidate = candidates.contains(endpoint);
            explained.add(new EndpointChance(
                    endpoint,
                    candidate,
                    weight(endpoint),
                    probability(endpoint, candidate, candidates.size(), sum, planned, hashed)));
        }
        return explained;
    }

    private @Nullable Double probability(
            LiveEndpoint endpoint,
            boolean candidate,
            int candidates,
            double sum,
            @Nullable PlannedRegion planned,
            @Nullable LiveEndpoint hashed) {
        if (!candidate) {
            return 0.0;
        } else if (candidates == 1) {
            return 1.0;
        } else if (hashed != null) {
            return endpoint == hashed ? 1.0 : 0.0;
        }
        boolean byWeight =
                settings.balance() == BalanceAlgorithm.RANDOM || settings.balance() == BalanceAlgorithm.ROUND_ROBIN;
        return byWeight && planned != null && planned.nearby() == null ? weight(endpoint) / sum : null;
    }

    private double weight(LiveEndpoint endpoint) {
        return endpoint.endpoint().weight() * endpoint.state().rampNow(settings.rampNanos(), nowNanos);
    }
}
