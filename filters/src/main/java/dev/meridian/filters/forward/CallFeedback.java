package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.balance.LoadReport;
import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.SelectionSettings;
import dev.meridian.routes.upstream.Upstream;
import org.jspecify.annotations.Nullable;

/**
 * What endpoints and their circuit breakers learn of one request's calls, of which there is one at a time. Confined to the
 * request's event loop.
 */
final class CallFeedback {

    /** Where the call that is under way goes, until it has ended. */
    private @Nullable LiveEndpoint endpoint;
    /** What its circuit breaker is to learn of that call. */
    private Breaker.@Nullable Sent watched;

    private boolean answered;

    /** @param to {@code null} where the address belongs to no upstream */
    void onStart(@Nullable LiveEndpoint to) {
        endpoint = to;
        answered = false;
        if (to != null) {
            to.onStart();
            watched = to.watched();
        }
    }

    void onResponse(GatewayExchange own, UpstreamResponse response, long now) {
        answered = true;
        LiveEndpoint at = own.liveEndpoint();
        Upstream upstream = own.upstream();
        if (at == null || upstream == null) {
            return;
        }
        long took = now - own.upstreamStartNanos();
        at.onResponse(response.status(), took, now);
        Breaker.Sent told = watched;
        if (told != null) {
            told.onResponse(response.status(), took);
        }
        SelectionSettings selection = upstream.settings().selection();
        if (selection.balance() == BalanceAlgorithm.RESOURCE) {
            takeLoadReport(at, selection, response, now);
        }
    }

    private static void takeLoadReport(
            LiveEndpoint at, SelectionSettings selection, UpstreamResponse response, long now) {
        String report = response.headers().get(HeaderNames.ENDPOINT_LOAD_METRICS);
        double utilisation = report == null ? Double.NaN : LoadReport.utilisation(report, selection.resourceMetric());
        if (!Double.isNaN(utilisation)) {
            at.state().utilisation().add(utilisation, now);
        }
        // Meant for the gateway, not for its clients.
        response.headers().remove(HeaderNames.ENDPOINT_LOAD_METRICS);
    }

    /** It is given up without an answer, although the upstream may not have failed. */
    void onGivenUp() {
        Breaker.Sent untold = watched;
        if (untold != null) {
            untold.onEnd();
        }
    }

    /**
     * @param failure that is held against the endpoint, if it is the upstream's; {@code null} for none
     * @param cancelled whether nobody waits for the answer any more
     */
    void onEnd(@Nullable GatewayException failure, boolean cancelled) {
        LiveEndpoint at = endpoint;
        if (at == null) {
            return;
        }
        endpoint = null;
        Breaker.Sent told = watched;
        if (failure != null && isUpstreamsFault(failure.failure())) {
            at.onFailure(failure.requestUnsent());
            if (told != null) {
                told.onFailure();
            }
        }
        if (told != null && (failure != null || cancelled)) {
            told.onEnd(); // an answer that came whole at once is told of after its end
        }
        at.onEnd();
    }

    /** Neither the client's, nor the gateway's own limits'. */
    private boolean isUpstreamsFault(Failure failure) {
        return failure.isUpstreams()
                && failure != Failure.CONNECTION_LIMIT_REACHED
                && !(answered && failure == Failure.CONNECTION_WRITE_TIMEOUT);
    }
}
