package dev.meridian.routes.upstream;

import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.definition.OutlierDetectionDefinition;
import dev.meridian.routes.definition.StatusRange;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as requests see it: its address, what is known of it, and where to tell how a request went. A request that
 * was sent tells {@link #onStart}, then at most one of {@link #onResponse} and {@link #onFailure}, and at last {@link
 * #onEnd}. Thread-safe.
 */
public final class LiveEndpoint {

    private final Endpoint endpoint;
    private final int index;
    private final String regionName;
    private final RegionState region;
    private final EndpointState state;
    private final OutlierDetectionDefinition outliers;
    private final Consumer<LiveEndpoint> onSuspicion;

    /**
     * @param index among its region's endpoints
     * @param onSuspicion told when so many requests in a row have failed that the endpoint should be judged
     */
    public LiveEndpoint(
            Endpoint endpoint,
            int index,
            String regionName,
            RegionState region,
            EndpointState state,
            OutlierDetectionDefinition outliers,
            Consumer<LiveEndpoint> onSuspicion) {
        this.endpoint = endpoint;
        this.index = index;
        this.regionName = regionName;
        this.region = region;
        this.state = state;
        this.outliers = outliers;
        this.onSuspicion = onSuspicion;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public int index() {
        return index;
    }

    public String regionName() {
        return regionName;
    }

    public RegionState region() {
        return region;
    }

    public EndpointState state() {
        return state;
    }

    /** A request is on its way to it. */
    public void onStart() {
        state.onStart();
        region.onStart();
    }

    /** What a circuit breaker is to learn of the request that has just started; {@code null} where none watches. */
    public Breaker.@Nullable Sent watched() {
        Breaker own = state.breaker();
        Breaker watching = own == null ? region.breaker() : own;
        return watching == null ? null : watching.sent();
    }

    /** It has begun to answer. */
    public void onResponse(int status, long firstByteNanos, long nowNanos) {
        if (isFailure(status)) {
            // What fails fast must not look fast.
            fail(false);
        } else {
            state.responseTime().add(firstByteNanos, nowNanos);
            region.responseTime().add(firstByteNanos, nowNanos);
            state.onSuccess();
        }
    }

    /** @param connect whether there was not even a connection */
    public void onFailure(boolean connect) {
        fail(connect);
    }

    /** The request has ended, however it did. */
    public void onEnd() {
        state.onEnd();
        region.onEnd();
    }

    private void fail(boolean connect) {
        int inRow = state.onFailure(connect);
        // Again for each such row: where nothing came of it, most likely nothing will.
        if (outliers.enabled() && inRow % outliers.consecutiveFailures() == 0) {
            onSuspicion.accept(this);
        }
    }

    private boolean isFailure(int status) {
        return status >= 500 && StatusRange.anyContains(outliers.statuses(), status);
    }

    @Override
    public String toString() {
        return regionName + " " + endpoint.url();
    }
}
