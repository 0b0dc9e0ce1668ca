package dev.meridian.routes.region;

import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.RegionState;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Who takes which share at present, worked out whenever something changes and read by every request. Immutable.
 */
final class RegionPlan {

    private final PlannedRegion[] regions;
    private final double[] shares;
    /** Of the shares, up to and with each region. */
    private final double[] sums;

    private final Tier[] tiers;
    private final LiveEndpoint[] broken;

    /**
     * @param regions that can serve, in the order of failover
     * @param shares of these, summing up to 1
     * @param broken endpoints that would serve if a circuit breaker were not open
     */
    RegionPlan(List<PlannedRegion> regions, List<Double> shares, List<LiveEndpoint> broken) {
        this.broken = broken.toArray(LiveEndpoint[]::new);
        this.regions = regions.toArray(PlannedRegion[]::new);
        this.shares = shares.stream().mapToDouble(Double::doubleValue).toArray();
        this.sums = this.shares.clone();
        for (int i = 1; i < sums.length; i++) {
            sums[i] += sums[i - 1];
        }
        this.tiers = tiers(this.regions, this.shares);
    }

    /** Endpoints that would serve if a circuit breaker were not open. */
    LiveEndpoint[] broken() {
        return broken;
    }

    int size() {
        return regions.length;
    }

    PlannedRegion region(int i) {
        return regions[i];
    }

    double share(int i) {
        return shares[i];
    }

    /** By share. */
    int draw(RandomGenerator random) {
        return regions.length == 1 ? 0 : at(random.nextDouble());
    }

    private int at(double drawn) {
        for (int i = 0; i < sums.length - 1; i++) {
            if (drawn < sums[i]) {
                return i;
            }
        }
        return sums.length - 1;
    }

    /** The region of the drawn tier that is nearest to the client, as far as that one can carry it; else the next one. */
    int drawNearest(GeoPoint client, RandomGenerator random) {
        int drawn = draw(random);
        Tier tier = tiers[0];
        for (Tier each : tiers) {
            if (drawn >= each.from && drawn < each.to) {
                tier = each;
            }
        }
        return nearest(client, tier, random);
    }

    private int nearest(GeoPoint client, Tier tier, RandomGenerator random) {
        long passed = 0;
        int nearest = tier.from;
        for (int round = tier.from; round < tier.to; round++) {
            nearest = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int i = tier.from; i < tier.to; i++) {
                double distance = distance(client, i);
                if ((passed & 1L << i - tier.from) == 0 && (nearest < 0 || distance < least)) {
                    nearest = i;
                    least = distance;
                }
            }
            double carries = regions[nearest].carries();
            if (carries >= 1 || random.nextDouble() < carries) {
                return nearest;
            }
            passed |= 1L << nearest - tier.from;
        }
        return nearest;
    }

    /** How likely each region is drawn, for a client whose place counts; without one, the shares. */
    double[] chances(@org.jspecify.annotations.Nullable GeoPoint client) {
        if (client == null) {
            return shares.clone();
        }
        double[] chances = new double[regions.length];
        for (Tier tier : tiers) {
            double left = 0;
            List<Integer> nearestFirst = new java.util.ArrayList<>();
            for (int i = tier.from; i < tier.to; i++) {
                left += shares[i];
                nearestFirst.add(i);
            }
            nearestFirst.sort(java.util.Comparator.comparingDouble(i -> distance(client, i)));
            for (int n = 0; n < nearestFirst.size(); n++) {
                int i = nearestFirst.get(n);
                boolean last = n == nearestFirst.size() - 1;
                chances[i] = last ? left : left * Math.min(1, regions[i].carries());
                left -= chances[i];
            }
        }
        return chances;
    }

    private double distance(GeoPoint client, int i) {
        GeoPoint location = regions[i].region().region().location();
        return location == null ? Double.MAX_VALUE : location.kilometresTo(client);
    }

    /** Where the region stands, -1 where it cannot serve. */
    int indexOf(RegionState region) {
        for (int i = 0; i < regions.length; i++) {
            if (regions[i].region().state() == region) {
                return i;
            }
        }
        return -1;
    }

    private static Tier[] tiers(PlannedRegion[] regions, double[] shares) {
        List<Tier> tiers = new java.util.ArrayList<>();
        int from = 0;
        for (int i = 1; i <= shares.length; i++) {
            boolean ends = i == shares.length || priority(regions[i]) != priority(regions[from]);
            if (ends && i > from) {
                tiers.add(new Tier(from, i));
                from = i;
            }
        }
        return tiers.toArray(Tier[]::new);
    }

    private static int priority(PlannedRegion region) {
        return region.region().region().priority();
    }

    /** Regions of the same priority, from an index to before another. */
    private record Tier(int from, int to) {}
}
