package dev.meridian.filters.forward;

import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.resilience.Backoff;
import dev.meridian.filters.resilience.RetryAfter;
import dev.meridian.filters.resilience.RetryBudget;
import dev.meridian.filters.resilience.RetryBudgets;
import dev.meridian.filters.resilience.RetryDecision;
import dev.meridian.filters.resilience.RetryListener;
import dev.meridian.filters.resilience.RetryOutcome;
import dev.meridian.filters.resilience.SentRequest;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Decides for all requests which are sent again and when, and has the upstreams' budgets pay for it. Thread-safe. */
final class Retries {

    static final long NOT_AGAIN = -1;

    private final RetryBudgets budgets;
    private final RandomGenerator random;
    private final List<RetryListener> listeners;

    /** @param random used by all threads */
    Retries(RetryBudgets budgets, RandomGenerator random, List<RetryListener> listeners) {
        this.budgets = budgets;
        this.random = random;
        this.listeners = List.copyOf(listeners);
    }

    /** For whoever only looks; {@code null} where none of the upstream's requests has been sent yet. */
    @Nullable
    RetryBudget find(Upstream upstream) {
        return budgets.find(upstream.name());
    }

    /** A request goes to the upstream for the first time. */
    void onRequest(Upstream upstream, long now) {
        budgets.of(upstream.name()).onRequest(now);
    }

    /**
     * How long until a failed request is sent again, in nanoseconds; {@link #NOT_AGAIN} where it is not. What is not
     * negative has been paid for.
     *
     * @param failed the call, {@code null} where it failed while it was being started
     * @param leftNanos what is left of the time for the whole request
     */
    long waitAfter(
            GatewayExchange own, @Nullable UpstreamCall failed, GatewayException failure, long now, long leftNanos) {
        Upstream upstream = own.upstream();
        Selection selection = own.selection();
        if (upstream == null || selection == null || own.liveEndpoint() == null) {
            return NOT_AGAIN;
        }
        RetryDefinition settings = upstream.settings().retry();
        SentRequest request = sent(failed, selection);
        RetryDecision decision = RetryDecision.of(settings, failure, request);
        long backoff = failure.requestUnsent() || decision != RetryDecision.RETRY
                ? 0
                : Backoff.nanos(settings, request.retries(), random);
        return pay(upstream, decision, backoff, now, leftNanos);
    }

    /** The same of an answer that may count as a failure. */
    long waitAfter(
            GatewayExchange own, @Nullable UpstreamCall answered, UpstreamResponse response, long now, long leftNanos) {
        Upstream upstream = own.upstream();
        Selection selection = own.selection();
        if (upstream == null
                || selection == null
                || own.liveEndpoint() == null
                || !StatusRange.anyContains(upstream.settings().retry().statuses(), response.status())) {
            return NOT_AGAIN;
        }
        RetryDefinition settings = upstream.settings().retry();
        long told = RetryAfter.millis(response.headers().get(HeaderNames.RETRY_AFTER), Instant.now());
        SentRequest request = sent(answered, selection);
        RetryDecision decision = RetryDecision.of(settings, response.status(), told, request);
        long backoff = decision != RetryDecision.RETRY
                ? 0
                : Math.max(TimeUnit.MILLISECONDS.toNanos(told), Backoff.nanos(settings, request.retries(), random));
        return pay(upstream, decision, backoff, now, leftNanos);
    }

    private static SentRequest sent(@Nullable UpstreamCall call, Selection selection) {
        // Without a call nothing of it has been sent, so that neither is asked for.
        boolean idempotent = call != null && call.request().idempotent();
        boolean replayable = call == null || call.canBeSentAgain();
        return new SentRequest(idempotent, replayable, selection.triedCount());
    }

    private long pay(Upstream upstream, RetryDecision decision, long backoff, long now, long leftNanos) {
        RetryDefinition settings = upstream.settings().retry();
        RetryOutcome refused = RetryOutcome.of(decision);
        if (refused != null && settings.attempts() > 0) {
            tell(upstream, refused);
        }
        if (decision != RetryDecision.RETRY || leftNanos <= backoff) {
            return NOT_AGAIN;
        }
        if (!budgets.of(upstream.name()).tryRetry(settings.budget().fraction(), now)) {
            tell(upstream, RetryOutcome.BUDGET_EXHAUSTED);
            return NOT_AGAIN;
        }
        return backoff;
    }

    /**
     * Where no other endpoint is left: how long until the request goes back to one that has failed it, in nanoseconds; {@link #NOT_AGAIN} where it does not.
     *
     * @param failure {@code null} for an answer that counts as one
     */
    long waitBeforeReturn(Upstream upstream, Selection selection, @Nullable GatewayException failure, long leftNanos) {
        if (failure == null || !RetryDecision.mayGoBack(failure)) {
            return NOT_AGAIN;
        }
        // What was sent has had its pause.
        long wait = failure.requestUnsent()
                ? Backoff.nanos(upstream.settings().retry(), selection.triedCount() - 1, random)
                : 0;
        return wait < leftNanos ? wait : NOT_AGAIN;
    }

    /** What {@link #waitAfter} has paid for was not sent. */
    void giveBack(GatewayExchange own) {
        Upstream upstream = own.upstream();
        if (upstream != null) {
            budgets.of(upstream.name()).giveBack(System.nanoTime());
        }
    }

    /** Whether the call, were it to fail so now, would be made again. */
    boolean canMove(GatewayExchange own, @Nullable UpstreamCall call, GatewayException failure) {
        Upstream upstream = own.upstream();
        Selection selection = own.selection();
        if (upstream == null || selection == null || own.liveEndpoint() == null) {
            return false;
        }
        RetryDefinition settings = upstream.settings().retry();
        return RetryDecision.of(settings, failure, sent(call, selection)) == RetryDecision.RETRY
                && budgets.of(upstream.name()).left(settings.budget().fraction(), System.nanoTime()) > 0;
    }

    /** Whether it is sent once more to the same endpoint: that costs the upstream as much as another endpoint would. */
    boolean mayRepeat(GatewayExchange own) {
        Upstream upstream = own.upstream();
        return upstream == null
                || budgets.of(upstream.name())
                        .tryRepair(upstream.settings().retry().budget().fraction(), System.nanoTime());
    }

    void tell(Upstream upstream, RetryOutcome outcome) {
        listeners.forEach(listener -> listener.onRetry(upstream.name(), outcome));
    }
}
