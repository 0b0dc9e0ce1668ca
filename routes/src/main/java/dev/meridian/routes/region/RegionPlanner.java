package dev.meridian.routes.region;

import dev.meridian.routes.balance.Balancer;
import dev.meridian.routes.balance.Balancers;
import dev.meridian.routes.balance.Candidates;
import dev.meridian.routes.balance.HashRing;
import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.SelectionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Works out plans from what is known of regions and endpoints. Confined to one thread: it remembers which regions it
 * preferred.
 */
final class RegionPlanner {

    /** The part of a tier's traffic that goes to other than the preferred region, so that their latency stays known. */
    static final double EXPLORED = 0.03;

    private static final long STALE_NANOS = Duration.ofMinutes(3).toNanos();

    private final List<LiveRegion> regions;
    private final SelectionSettings settings;
    private final Map<String, HashRing> rings = new HashMap<>();
    private final Map<Integer, LatencyPreference<LiveRegion>> preferences = new HashMap<>();
    private final @Nullable GeoPoint here;

    /** @param regions in order of priority */
    RegionPlanner(List<LiveRegion> regions, SelectionSettings settings) {
        this.regions = regions;
        this.settings = settings;
        this.here = regions.stream()
                .filter(region -> region.name().equals(settings.home().region()))
                .map(region -> region.region().location())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (settings.balance() == BalanceAlgorithm.HASH) {
            regions.forEach(region -> rings.put(region.name(), new HashRing(region)));
        }
    }

    RegionPlan plan(long nowNanos) {
        List<Tier> tiers = tiers(nowNanos);
        double[] carries = tiers.stream().mapToDouble(Tier::carries).toArray();
        double total = 0;
        for (double each : carries) {
            total += each;
        }
        if (total < 1 && settings.panicThreshold() > 0) {
            boolean nobody = total == 0;
            for (int i = 0; i < carries.length; i++) {
                carries[i] = tiers.get(i).panic(settings.panicThreshold(), nobody);
            }
        }
        double[] loads = PrioritySpill.loads(carries);
        List<PlannedRegion> planned = new ArrayList<>();
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < loads.length; i++) {
            plan(tiers.get(i), loads[i], planned, shares, nowNanos);
        }
        return new RegionPlan(planned, shares, broken());
    }

    private List<LiveEndpoint> broken() {
        return regions.stream()
                .filter(region -> region.serving() == ServingState.ACTIVE)
                .flatMap(region -> region.endpoints().stream()
                        .filter(endpoint -> endpoint.state().availability() == Availability.AVAILABLE)
                        .filter(endpoint ->
                                !region.state().passes() || !endpoint.state().passes()))
                .toList();
    }

    private void plan(Tier tier, double load, List<PlannedRegion> planned, List<Double> shares, long nowNanos) {
        List<Share> serving =
                tier.regions.stream().filter(each -> !each.candidates.isEmpty()).toList();
        if (serving.isEmpty()) {
            return;
        }
        List<Share> ordered = settings.regionSelection() == RegionSelection.WEIGHTED
                ? serving
                : ranked(tier.priority, serving, nowNanos);
        double[] parts = settings.regionSelection() == RegionSelection.WEIGHTED
                ? weighted(serving, tier.carries(), load)
                : preferred(ordered);
        for (int i = 0; i < parts.length; i++) {
            planned.add(planned(ordered.get(i), nowNanos));
            shares.add(load * parts[i]);
        }
    }

    /** By weight; what returns has its ramped share of everything, however much of it falls to this tier. */
    private static double[] weighted(List<Share> serving, double carries, double load) {
        double all =
                serving.stream().mapToInt(each -> each.region.region().weight()).sum();
        double[] parts = new double[serving.size()];
        double returning = 0;
        double settled = 0;
        for (int i = 0; i < parts.length; i++) {
            Share each = serving.get(i);
            parts[i] = each.region.region().weight() * each.ready / all;
            if (each.returning) {
                parts[i] /= Math.max(Math.max(carries, load), parts[i]);
                returning += parts[i];
            } else {
                settled += parts[i];
            }
        }
        double factor = settled > 0 ? Math.max(0, 1 - returning) / settled : 1;
        for (int i = 0; i < parts.length; i++) {
            parts[i] *= serving.get(i).returning ? 1 : factor;
        }
        return normalized(parts);
    }

    /*
     * What returns takes its ramped share and no more; the rest is carried by what was there all the time, as far as that
     * goes. So nothing jumps when a region appears, climbs, or has arrived.
     */
    private static double settledCarry(double settled, double returning) {
        return Math.min(PrioritySpill.OVERPROVISION * settled, Math.max(0, 1 - returning));
    }

    /** The first takes what it can carry, the next what is left, and so on; each but the first a little to explore. */
    private static double[] preferred(List<Share> ordered) {
        double[] parts = new double[ordered.size()];
        double left = 1;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = left * ordered.get(i).carries();
            left -= parts[i];
        }
        parts = normalized(parts);
        if (parts.length > 1) {
            double each = EXPLORED / (parts.length - 1);
            for (int i = 0; i < parts.length; i++) {
                parts[i] = parts[i] * (1 - EXPLORED)
                        + (i == 0 ? 0 : each * ordered.get(i).carries());
            }
        }
        return normalized(parts);
    }

    private static double[] normalized(double[] parts) {
        double sum = 0;
        for (double part : parts) {
            sum += part;
        }
        double[] shares = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            shares[i] = sum > 0 ? parts[i] / sum : 1.0 / parts.length;
        }
        return shares;
    }

    /** The preferred region first, then by latency; what is not measured by distance, then as configured. */
    private List<Share> ranked(int priority, List<Share> serving, long nowNanos) {
        Map<Share, Double> latencies = latencies(serving, nowNanos);
        List<Share> byDistance = serving.stream()
                .sorted(Comparator.comparingDouble(each -> distance(each.region)))
                .toList();
        LiveRegion first = preferences
                .computeIfAbsent(priority, key -> new LatencyPreference<>())
                .prefer(
                        byDistance.stream().map(each -> each.region).toList(),
                        byDistance.stream().mapToDouble(latencies::get).toArray(),
                        nowNanos);
        return byDistance.stream()
                .sorted(Comparator.comparing((Share each) -> each.region != first)
                        .thenComparingDouble(latencies::get)) // NaN sorts last
                .toList();
    }

    /*
     * Checks ask for a page that costs nothing, real requests do not: their times must not be compared with each other. A
     * region that has only been checked is taken to be slower or faster than a used one by the difference of their checks.
     */
    private static Map<Share, Double> latencies(List<Share> serving, long nowNanos) {
        Map<Share, Double> latencies = new HashMap<>();
        Share known = serving.stream()
                .filter(each -> !Double.isNaN(used(each, nowNanos)) && !Double.isNaN(checked(each, nowNanos)))
                .findFirst()
                .orElse(null);
        for (Share each : serving) {
            double used = used(each, nowNanos);
            double checked = checked(each, nowNanos);
            double estimated = known == null
                    ? checked
                    : Math.max(checked, used(known, nowNanos) + checked - checked(known, nowNanos));
            latencies.put(each, Double.isNaN(used) ? estimated : used);
        }
        return latencies;
    }

    private static double used(Share share, long nowNanos) {
        return share.region.state().responseTime().getWithin(STALE_NANOS, nowNanos);
    }

    private static double checked(Share share, long nowNanos) {
        return share.region.state().checkTime().getWithin(STALE_NANOS, nowNanos);
    }

    private double distance(LiveRegion region) {
        GeoPoint location = region.region().location();
        return here == null || location == null ? Double.MAX_VALUE : here.kilometresTo(location);
    }

    private PlannedRegion planned(Share share, long nowNanos) {
        List<LiveEndpoint> candidates = share.candidates;
        String zone = settings.home().zone();
        boolean nearby = settings.zonePreference()
                && zone != null
                && share.region.name().equals(settings.home().region())
                && settings.balance() != BalanceAlgorithm.HASH;
        Predicate<LiveEndpoint> here =
                endpoint -> zone != null && zone.equals(endpoint.endpoint().zone());
        List<LiveEndpoint> near = nearby ? candidates.stream().filter(here).toList() : List.of();
        Balancer over = balancer(share.region, candidates, nowNanos);
        LiveEndpoint[] all = candidates.toArray(LiveEndpoint[]::new);
        if (near.isEmpty() || near.size() == candidates.size()) {
            return new PlannedRegion(share.region, all, share.carries(), over, null, 0);
        }
        int wanted = weight(share.region.endpoints().stream()
                .filter(here)
                .filter(endpoint -> endpoint.state().availability().wanted())
                .toList());
        double ramped = near.stream()
                        .mapToDouble(endpoint -> ramped(endpoint, nowNanos))
                        .sum()
                / weight(near);
        double nearbyShare = PrioritySpill.carries((double) weight(near) / wanted) * ramped;
        return new PlannedRegion(
                share.region, all, share.carries(), over, balancer(share.region, near, nowNanos), nearbyShare);
    }

    private Balancer balancer(LiveRegion region, List<LiveEndpoint> endpoints, long nowNanos) {
        double[] weights = endpoints.stream()
                .mapToDouble(endpoint -> ramped(endpoint, nowNanos))
                .toArray();
        Candidates candidates = new Candidates(endpoints.toArray(LiveEndpoint[]::new), weights, region.state());
        return Balancers.of(settings.balance(), region, candidates, rings.get(region.name()));
    }

    private double ramped(LiveEndpoint endpoint, long nowNanos) {
        return endpoint.endpoint().weight() * endpoint.state().ramp(settings.rampNanos(), nowNanos);
    }

    private List<Tier> tiers(long nowNanos) {
        return regions.stream()
                .collect(Collectors.groupingBy(region -> region.region().priority(), TreeMap::new, Collectors.toList()))
                .entrySet()
                .stream()
                .map(tier -> new Tier(
                        tier.getKey(),
                        tier.getValue().stream()
                                .filter(region -> region.serving() == ServingState.ACTIVE)
                                .filter(region -> !region.endpoints().isEmpty())
                                .filter(region -> region.state().passes())
                                .map(region -> share(region, nowNanos))
                                .toList()))
                .toList();
    }

    private Share share(LiveRegion region, long nowNanos) {
        List<LiveEndpoint> available = region.endpoints().stream()
                .filter(endpoint -> endpoint.state().availability() == Availability.AVAILABLE)
                .filter(endpoint -> endpoint.state().passes())
                .toList();
        Share share = new Share(region, available, wanted(region));
        double ramp = region.state().ramp(settings.rampNanos(), nowNanos);
        if (ramp < 1) {
            share.returning = true;
            share.ready *= ramp;
        } else if (share.wanted > 0) {
            double ramped = 0;
            for (LiveEndpoint endpoint : available) {
                ramped += ramped(endpoint, nowNanos);
            }
            share.ready = ramped / share.wanted;
        }
        return share;
    }

    /** The weight of the endpoints that their operator wants to be used. */
    private static int wanted(LiveRegion region) {
        return weight(region.endpoints().stream()
                .filter(endpoint -> endpoint.state().availability().wanted())
                .toList());
    }

    private static int weight(List<LiveEndpoint> endpoints) {
        return endpoints.stream()
                .mapToInt(endpoint -> endpoint.endpoint().weight())
                .sum();
    }

    /** One region's part of its tier, while a plan is made. */
    private static final class Share {

        private final LiveRegion region;
        private final int wanted;
        private List<LiveEndpoint> candidates;
        /** The healthy part, 0 to 1. */
        private double healthy;
        /** The part that may be used at present, which is less while something returns. */
        private double ready;
        /** Whether all of the region was out, and climbs. */
        private boolean returning;

        Share(LiveRegion region, List<LiveEndpoint> candidates, int wanted) {
            this.region = region;
            this.wanted = wanted;
            this.candidates = candidates;
            this.healthy = wanted == 0 ? 0 : (double) weight(candidates) / wanted;
            this.ready = healthy;
        }

        double carries() {
            return returning ? ready : PrioritySpill.carries(ready);
        }

        /** Uses whatever may work, ill or not. */
        void panic() {
            candidates = region.endpoints().stream()
                    .filter(endpoint -> endpoint.state().availability().usableInPanic())
                    .filter(endpoint -> endpoint.state().passes())
                    .toList();
            healthy = wanted == 0 ? 0 : (double) weight(candidates) / wanted;
            ready = healthy;
            returning = false;
        }
    }

    /** The regions of one priority that are to take requests. */
    private static final class Tier {

        private final int priority;
        private final List<Share> regions;

        Tier(int priority, List<Share> regions) {
            this.priority = priority;
            this.regions = regions;
        }

        double healthy() {
            double all = 0;
            double healthy = 0;
            for (Share each : regions) {
                all += each.region.region().weight();
                healthy += each.region.region().weight() * each.healthy;
            }
            return all == 0 ? 0 : healthy / all;
        }

        double carries() {
            double all = 0;
            double returning = 0;
            double settled = 0;
            for (Share each : regions) {
                double weight = each.region.region().weight();
                all += weight;
                returning += each.returning ? weight * each.ready : 0;
                settled += each.returning ? 0 : weight * each.ready;
            }
            return all == 0 ? 0 : returning / all + settledCarry(settled / all, returning / all);
        }

        /**
         * Turns to all of its endpoints where too few are healthy.
         *
         * @param nobody whether no tier carries anything
         * @return what it carries then: as much as before, unless nobody carries anything
         */
        double panic(double threshold, boolean nobody) {
            double before = carries();
            if (healthy() < threshold) {
                regions.forEach(Share::panic);
            }
            return nobody ? carries() : before;
        }
    }
}
