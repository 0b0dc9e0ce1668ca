package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Upstream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Endpoints called {@code a}, {@code b} and so on (after {@code z} by number), for a balancer to choose from. */
record Pool(LiveRegion region, double[] weights) {

    static Pool of(int... weights) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            endpoints.add(Lab.endpoint(name(i), weights[i], null));
        }
        Upstream upstream = new Lab().factory.create("orders", List.of(Region.only(endpoints)), Lab.settings());
        return new Pool(
                upstream.regions().get(0),
                Arrays.stream(weights).asDoubleStream().toArray());
    }

    /** So many, all alike. */
    static Pool alike(int size) {
        int[] weights = new int[size];
        Arrays.fill(weights, 1);
        return of(weights);
    }

    Candidates candidates() {
        return new Candidates(region.endpoints().toArray(LiveEndpoint[]::new), weights, region.state());
    }

    /** All but some. */
    Candidates without(String... names) {
        List<LiveEndpoint> left = region.endpoints().stream()
                .filter(each -> !List.of(names).contains(each.endpoint().host()))
                .toList();
        return new Candidates(
                left.toArray(LiveEndpoint[]::new),
                left.stream().mapToDouble(each -> weights[each.index()]).toArray(),
                region.state());
    }

    LiveEndpoint get(String name) {
        return region.endpoints().stream()
                .filter(each -> each.endpoint().host().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** How often each is chosen by requests that end at once. */
    static Map<String, Integer> count(Balancer balancer, int choices, Lab lab) {
        return Lab.count(
                choices,
                i -> balancer.choose(Lab.request(), lab.random, lab.ticker.getAsLong())
                        .endpoint()
                        .host());
    }

    static String name(int i) {
        return i < 26 ? String.valueOf((char) ('a' + i)) : "n" + i;
    }
}
