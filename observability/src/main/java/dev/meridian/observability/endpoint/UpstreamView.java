package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.breaker.BreakerView;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.EndpointHealth;
import dev.meridian.routes.upstream.EndpointState;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.RegionState;
import dev.meridian.routes.upstream.Selector.RegionShare;
import dev.meridian.routes.upstream.Upstream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * One upstream as it is at present.
 *
 * @param regions in the order of failover
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record UpstreamView(
        String name,
        String balance,
        @JsonProperty("region-selection") String regionSelection,
        List<RegionView> regions) implements OperationResponseBody {

    static final int SHARE_PLACES = 3;

    static UpstreamView of(Upstream upstream, long nowNanos) {
        Map<String, RegionShare> shares = upstream.selector().shares().stream()
                .collect(Collectors.toMap(RegionShare::region, Function.identity(), (first, second) -> first));
        long rampNanos = upstream.settings().selection().rampNanos();
        return new UpstreamView(
                upstream.name(),
                Spelling.written(upstream.settings().selection().balance()),
                Spelling.written(upstream.settings().selection().regionSelection()),
                upstream.regions().stream()
                        .map(region -> RegionView.of(
                                region,
                                shares.getOrDefault(region.name(), new RegionShare(region.name(), 0, "")),
                                rampNanos,
                                nowNanos))
                        .toList());
    }

    /**
     * One region.
     *
     * @param capacity requests per second, {@code null} for no limit
     * @param state as ordered, else as configured
     * @param share 0 to 1
     * @param reason why the share is none or less, {@code null} for nothing to say
     * @param requests sent so far
     * @param latencyMillis of real traffic, to the first byte
     * @param ramp 0 to 1, 1 where it is not returning
     * @param breaker {@code null} where none watches the region, nor the whole upstream
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RegionView(
            String name,
            int priority,
            int weight,
            @Nullable Integer capacity,
            @Nullable Location location,
            String state,
            @JsonProperty("configured-state") String configuredState,
            @JsonProperty("ordered-state") @Nullable String orderedState,
            double share,
            @Nullable String reason,
            int active,
            long requests,
            @JsonProperty("latency-ms") @Nullable Double latencyMillis,
            @JsonProperty("check-latency-ms") @Nullable Double checkLatencyMillis,
            double ramp,
            @JsonProperty("circuit-breaker") @Nullable Circuit breaker,
            List<EndpointView> endpoints) {

        static RegionView of(LiveRegion region, RegionShare share, long rampNanos, long nowNanos) {
            RegionState state = region.state();
            int capacity = region.region().capacity();
            return new RegionView(
                    region.name(),
                    region.region().priority(),
                    region.region().weight(),
                    capacity == 0 ? null : Integer.valueOf(capacity),
                    Location.of(region.region().location()),
                    Spelling.written(region.serving()),
                    Spelling.written(region.region().state()),
                    ordered(state.ordered()),
                    Words.rounded(share.share(), SHARE_PLACES),
                    Words.orNull(share.reason()),
                    state.active(),
                    state.requests(),
                    Words.millis(state.responseTime().get()),
                    Words.millis(state.checkTime().get()),
                    Words.rounded(state.rampNow(rampNanos, nowNanos), 2),
                    Circuit.of(state.breaker()),
                    region.endpoints().stream()
                            .map(endpoint -> EndpointView.of(endpoint, rampNanos, nowNanos))
                            .toList());
        }
    }

    /** Degrees north and east, named as in the configuration. */
    record Location(double lat, double lon) {

        static @Nullable Location of(@Nullable GeoPoint point) {
            return point == null ? null : new Location(point.latitude(), point.longitude());
        }
    }

    /**
     * One endpoint.
     *
     * @param state whether it can be used, or why not
     * @param reason for that, with numbers; {@code null} where it can
     * @param utilisation what it last reported, 0 to 1 or more
     * @param ejections lately; each makes the next one longer
     * @param ejectedForSeconds still, {@code null} where it is not ejected
     * @param lastCheck why the last check failed, {@code null} where it passed or none was made
     * @param breaker {@code null} where none watches it alone
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EndpointView(
            String url,
            @Nullable String zone,
            int weight,
            String state,
            @JsonProperty("ordered-state") @Nullable String orderedState,
            @Nullable String reason,
            int active,
            @JsonProperty("response-time-ms") @Nullable Double responseTimeMillis,
            @Nullable Double utilisation,
            int ejections,
            @JsonProperty("ejected-for-seconds") @Nullable Long ejectedForSeconds,
            @JsonProperty("last-check-failure") @Nullable String lastCheck,
            double ramp,
            @JsonProperty("circuit-breaker") @Nullable Circuit breaker) {

        static EndpointView of(LiveEndpoint endpoint, long rampNanos, long nowNanos) {
            EndpointState state = endpoint.state();
            EndpointHealth health = state.health();
            return new EndpointView(
                    endpoint.endpoint().url(),
                    endpoint.endpoint().zone(),
                    endpoint.endpoint().weight(),
                    Spelling.written(state.availability()),
                    ordered(state.ordered()),
                    Words.orNull(state.reason()),
                    state.active(),
                    Words.millis(state.responseTime().get()),
                    Words.orNull(state.utilisation().get(), 3),
                    health.ejections(),
                    ejectedFor(health, nowNanos),
                    Words.orNull(health.lastCheck()),
                    Words.rounded(state.rampNow(rampNanos, nowNanos), 2),
                    Circuit.of(state.breaker()));
        }

        private static @Nullable Long ejectedFor(EndpointHealth health, long nowNanos) {
            long left = TimeUnit.NANOSECONDS.toMillis(health.ejectedUntilNanos() - nowNanos);
            return health.ejected() ? Long.valueOf(Math.max(0, (left + 999) / 1000)) : null;
        }
    }

    /**
     * A circuit breaker.
     *
     * @param failurePercent of the calls in its window, {@code null} where there are too few
     * @param slowPercent likewise
     * @param openForSeconds still, {@code null} where it is not open
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Circuit(
            String state,
            @JsonProperty("failure-rate") @Nullable Double failurePercent,
            @JsonProperty("slow-call-rate") @Nullable Double slowPercent,
            int calls,
            @JsonProperty("open-for-seconds") @Nullable Double openForSeconds) {

        static @Nullable Circuit of(@Nullable Breaker breaker) {
            if (breaker == null) {
                return null;
            }
            BreakerView view = breaker.view();
            return new Circuit(
                    view.state().words(),
                    view.failureRate() < 0 ? null : Double.valueOf(Words.rounded(view.failureRate(), 1)),
                    view.slowCallRate() < 0 ? null : Double.valueOf(Words.rounded(view.slowCallRate(), 1)),
                    view.calls(),
                    view.remainingMillis() == 0
                            ? null
                            : Double.valueOf(Words.rounded(view.remainingMillis() / 1000.0, 1)));
        }
    }

    private static @Nullable String ordered(@Nullable ServingState state) {
        return state == null ? null : Spelling.written(state);
    }
}
