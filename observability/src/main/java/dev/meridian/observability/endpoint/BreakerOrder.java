package dev.meridian.observability.endpoint;

import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.breaker.BreakerState;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Upstream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants of circuit breakers: of a region's, of an endpoint's, or of all that an upstream has.
 *
 * @param state {@code FORCED_OPEN}, {@code DISABLED}, or {@code CLOSED} to work as ever
 */
record BreakerOrder(@Nullable String region, @Nullable String endpoint, BreakerState state) {

    static final String BREAKER = "circuit-breaker";

    private static final Map<String, BreakerState> STATES = states();
    private static final Set<String> KEYS = new LinkedHashSet<>(List.of("region", "endpoint", BREAKER));

    private static Map<String, BreakerState> states() {
        Map<String, BreakerState> states = new LinkedHashMap<>();
        states.put("open", BreakerState.FORCED_OPEN);
        states.put("closed", BreakerState.CLOSED);
        states.put("disabled", BreakerState.DISABLED);
        return states;
    }

    /** Whether the order is one of these. */
    static boolean is(Map<?, ?> members) {
        return members.containsKey(BREAKER);
    }

    static BreakerOrder parse(Map<?, ?> members) {
        for (Object key : members.keySet()) {
            if (!KEYS.contains(key)) {
                throw new InvalidOrderException("member", key, "one of " + String.join(", ", KEYS));
            }
        }
        Object written = members.get(BREAKER);
        BreakerState state = STATES.get(String.valueOf(written));
        if (state == null) {
            throw new InvalidOrderException(BREAKER, String.valueOf(written), "open, closed or disabled");
        }
        Object region = members.get("region");
        Object endpoint = members.get("endpoint");
        return new BreakerOrder(
                region == null ? null : region.toString(), endpoint == null ? null : endpoint.toString(), state);
    }

    /** Carries it out; an error that tells what would be right where there is no such breaker. */
    void carryOut(Upstream upstream) {
        List<Breaker> breakers = upstream.regions().stream()
                .filter(each -> region == null || each.name().equals(region))
                .flatMap(this::breakers)
                .distinct()
                .toList();
        if (breakers.isEmpty()) {
            throw new InvalidOrderException(
                    BREAKER,
                    state.words(),
                    "an upstream, region or endpoint that has one: meridian.upstreams." + upstream.name()
                            + ".circuit-breaker, and per says what has");
        }
        breakers.forEach(breaker -> breaker.order(state));
    }

    private Stream<Breaker> breakers(LiveRegion of) {
        Stream<@Nullable Breaker> own = of.endpoints().stream()
                .filter(each -> endpoint == null
                        || each.endpoint().url().equalsIgnoreCase(endpoint)
                        || each.endpoint().authority().equalsIgnoreCase(endpoint))
                .map(each -> each.state().breaker());
        Stream<@Nullable Breaker> all = endpoint == null
                ? Stream.concat(Stream.of(of).map(each -> each.state().breaker()), own)
                : own;
        return all.flatMap(Stream::ofNullable);
    }
}
