package dev.meridian.routes.region;

import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.RegionState;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.SelectionExplanation;
import dev.meridian.routes.upstream.SelectionSettings;
import dev.meridian.routes.upstream.Selector;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses a region by the plan at hand, then one of its endpoints. */
final class RegionSelector implements Selector {

    /** After so many failures in one region another is tried. */
    private static final int TRIES_IN_REGION = 2;

    private final List<LiveRegion> regions;
    private final SelectionSettings settings;
    private final int perEndpoint;
    private final LongSupplier ticker;
    private final RandomGenerator random;
    private final RegionPlanner planner;
    private volatile RegionPlan plan;

    RegionSelector(List<LiveRegion> regions, UpstreamSettings settings, LongSupplier ticker, RandomGenerator random) {
        Integer limit = settings.concurrency().maxRequestsPerEndpoint();
        this.regions = List.copyOf(regions);
        this.settings = settings.selection();
        this.perEndpoint = limit == null ? Integer.MAX_VALUE : limit;
        this.ticker = ticker;
        this.random = random;
        this.planner = new RegionPlanner(this.regions, this.settings);
        this.plan = planner.plan(ticker.getAsLong());
    }

    @Override
    public @Nullable LiveEndpoint choose(Selection selection) {
        RegionPlan current = plan;
        selection.overCapacity(false);
        selection.broken(current.broken().length > 0);
        if (current.broken().length > 0 && selection.triedCount() == 0) {
            LiveEndpoint probed = probe(current.broken());
            if (probed != null) {
                return probed;
            }
        }
        if (current.size() == 0) {
            return null;
        }
        long now = ticker.getAsLong();
        int first = first(current, selection);
        if (selection.triedCount() == 0) {
            return choose(current, first, Integer.MAX_VALUE, selection, now);
        }
        LiveEndpoint elsewhere = choose(current, first, TRIES_IN_REGION, selection, now);
        return elsewhere != null ? elsewhere : choose(current, first, Integer.MAX_VALUE, selection, now);
    }

    /** Where a circuit breaker's time is over it lets a few requests through, to see. */
    private @Nullable LiveEndpoint probe(LiveEndpoint[] broken) {
        int start = broken.length == 1 ? 0 : random.nextInt(broken.length);
        for (int i = 0; i < broken.length; i++) {
            LiveEndpoint endpoint = broken[(start + i) % broken.length];
            Breaker own = endpoint.state().breaker();
            Breaker watching = own == null ? endpoint.region().breaker() : own;
            if (watching != null && watching.tryPass()) {
                return endpoint;
            }
        }
        return null;
    }

    /** The region drawn first; then, in order of failover, each that has capacity and an endpoint left. */
    private @Nullable LiveEndpoint choose(RegionPlan in, int first, int tries, Selection selection, long now) {
        LiveEndpoint chosen = choose(in.region(first), tries, selection, now);
        for (int i = 0; chosen == null && i < in.size(); i++) {
            if (i != first) {
                chosen = choose(in.region(i), tries, selection, now);
            }
        }
        return chosen;
    }

    private @Nullable LiveEndpoint choose(PlannedRegion region, int tries, Selection selection, long now) {
        RegionState state = region.region().state();
        if (selection.triedCount() > 0 && selection.triedIn(state) >= tries) {
            return null;
        }
        if (!state.passes()) { // since the plan was made
            selection.broken(true);
            return null;
        }
        LiveEndpoint chosen = region.choose(selection, perEndpoint, random, now);
        int capacity = region.region().region().capacity();
        if (chosen != null && capacity > 0 && !state.rate().tryTake(capacity, now)) {
            selection.overCapacity(true);
            return null;
        }
        return chosen;
    }

    private int first(RegionPlan in, Selection selection) {
        LiveEndpoint failed = selection.lastTried();
        if (failed != null) {
            return Math.max(in.indexOf(failed.region()), 0);
        }
        GeoPoint client =
                settings.regionSelection() == RegionSelection.GEO && in.size() > 1 ? selection.clientLocation() : null;
        return client == null ? in.draw(random) : in.drawNearest(client, random);
    }

    @Override
    public void refresh(long nowNanos) {
        plan = planner.plan(nowNanos);
    }

    @Override
    public List<RegionShare> shares() {
        RegionPlan current = plan;
        return regions.stream()
                .map(region -> {
                    int at = current.indexOf(region.state());
                    return new RegionShare(region.name(), at < 0 ? 0 : current.share(at), reason(region, at >= 0));
                })
                .toList();
    }

    @Override
    public SelectionExplanation explain(Selection selection) {
        return new PlanExplainer(plan, regions, settings, ticker.getAsLong())
                .explain(selection, region -> reason(region, plan.indexOf(region.state()) >= 0));
    }

    private static String reason(LiveRegion region, boolean planned) {
        if (region.serving() != ServingState.ACTIVE) {
            return region.serving() == ServingState.OFF ? Availability.OFF.words() : Availability.DRAINING.words();
        }
        if (!region.state().passes()) {
            return "circuit breaker";
        }
        String out = region.endpoints().stream()
                .map(endpoint -> endpoint.state().availability() == Availability.AVAILABLE
                                && !endpoint.state().passes()
                        ? "circuit breaker"
                        : endpoint.state().availability().words())
                .filter(words -> !words.equals(Availability.AVAILABLE.words()))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet()
                .stream()
                .map(each -> each.getValue() + " of " + region.endpoints().size() + " endpoints: " + each.getKey())
                .sorted()
                .collect(Collectors.joining("; "));
        return out.isEmpty() && !planned ? "no endpoints" : out;
    }
}
