package dev.meridian.routes.balance;

import dev.meridian.routes.hash.Hashes;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Consistent hashing: each endpoint of a region owns points on a ring in proportion to its weight, and a key belongs to
 * the owner of the next point. The ring holds all endpoints that are configured, whatever their health: those that are
 * out are passed over, so that only their keys move. Immutable.
 */
public final class HashRing {

    /** Points of an endpoint of mean weight: with so many, shares differ by about 6 %. */
    private static final int POINTS = 256;

    private final long[] points;
    private final int[] owners;

    public HashRing(LiveRegion region) {
        List<LiveEndpoint> endpoints = region.endpoints();
        double mean = endpoints.stream()
                .mapToInt(each -> each.endpoint().weight())
                .average()
                .orElse(1);

        record Point(long hash, int owner) {}

        Point[] all = endpoints.stream()
                .flatMap(endpoint -> {
                    long base = Hashes.of(endpoint.endpoint().url());
                    int count = (int)
                            Math.max(1, Math.round(POINTS * endpoint.endpoint().weight() / mean));
                    return java.util.stream.IntStream.range(0, count)
                            .mapToObj(n -> new Point(Hashes.nth(base, n), endpoint.index()));
                })
                .sorted(Comparator.comparingLong(Point::hash).thenComparingInt(Point::owner))
                .toArray(Point[]::new);
        this.points = Arrays.stream(all).mapToLong(Point::hash).toArray();
        this.owners = Arrays.stream(all).mapToInt(Point::owner).toArray();
    }

    int size() {
        return points.length;
    }

    /** The position of the first point that is not before the hash. */
    int position(long hash) {
        int at = Arrays.binarySearch(points, hash);
        int next = at < 0 ? -at - 1 : at;
        return next == points.length ? 0 : next;
    }

    /** The index of the endpoint that owns the point. */
    int owner(int position) {
        return owners[position];
    }
}
