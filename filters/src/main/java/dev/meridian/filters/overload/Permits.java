package dev.meridian.filters.overload;

import dev.meridian.routes.exchange.ExchangeAttributes;
import dev.meridian.routes.exchange.GatewayExchange;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * What one exchange holds: a permit of the gateway's limit, and one of the upstream's that it is at. All are given back
 * once, when the exchange has ended in whatever way, the answer's body included. Thread-safe.
 */
public final class Permits implements CoreSubscriber<Void>, Subscription {

    private final CoreSubscriber<? super Void> actual;
    private final ServerWebExchange exchange;
    private final Priority priority;
    private final LongSupplier ticker;
    private @Nullable Subscription chain;
    private @Nullable ConcurrencyLimit gateway;
    private @Nullable ConcurrencyLimit upstream;
    private boolean ended;

    /** @param gateway of which a permit has been taken; {@code null} for none */
    Permits(
            CoreSubscriber<? super Void> actual,
            ServerWebExchange exchange,
            Priority priority,
            @Nullable ConcurrencyLimit gateway,
            LongSupplier ticker) {
        this.actual = actual;
        this.exchange = exchange;
        this.priority = priority;
        this.gateway = gateway;
        this.ticker = ticker;
    }

    /** The exchange's own; {@code null} where there are none, or it has ended. */
    static @Nullable Permits of(Map<String, Object> attributes) {
        Permits permits = (Permits) attributes.get(ExchangeAttributes.PERMITS);
        return permits == null || permits.hasEnded() ? null : permits;
    }

    /** Gives back what the exchange holds of an upstream's limit, because it goes on without that upstream. */
    public static void leaveUpstream(ServerWebExchange exchange) {
        Permits permits = of(exchange.getAttributes());
        if (permits != null) {
            permits.leaveUpstream();
        }
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    /** Takes a permit of the limit in the place of that of another upstream; who is there already stays. */
    synchronized boolean enter(ConcurrencyLimit limit) {
        if (upstream == limit) {
            return true;
        }
        leaveUpstream();
        if (ended || !limit.tryAcquire(priority)) {
            return ended; // nobody waits for it any more: it is not to be counted as shed
        }
        upstream = limit;
        return true;
    }

    private synchronized void leaveUpstream() {
        ConcurrencyLimit held = upstream;
        if (held != null) {
            upstream = null;
            held.release();
        }
    }

    private synchronized void end(boolean answered) {
        if (ended) {
            return;
        }
        ended = true;
        leaveUpstream();
        ConcurrencyLimit held = gateway;
        if (held != null) {
            gateway = null;
            if (held.isAdaptive()) {
                measure(held, answered);
            }
            held.release();
        }
    }

    /** The gateway's limit goes by the time from the request's head to that of the answer. */
    private void measure(ConcurrencyLimit held, boolean answered) {
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        if (own == null || !answered) {
            return;
        }
        long now = ticker.getAsLong();
        long head = own.upstreamFirstByteNanos();
        HttpStatusCode status = exchange.getResponse().getStatusCode();
        if (status != null && status.value() == 503) {
            held.onDrop(now);
        } else if (head != 0) {
            held.onAnswer(own.startNanos, head - own.startNanos, now);
        }
    }

    @Override
    public void onSubscribe(Subscription s) {
        chain = s;
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(Void nothing) {}

    @Override
    public void onComplete() {
        end(true);
        actual.onComplete();
    }

    @Override
    public void onError(Throwable t) {
        if (UpstreamLimitFilter.isDrop(t)) {
            ConcurrencyLimit held = gateway;
            if (held != null) {
                held.onDrop(ticker.getAsLong());
            }
        }
        end(false);
        actual.onError(t);
    }

    @Override
    public void request(long n) {
        Subscription s = chain;
        if (s != null) {
            s.request(n);
        }
    }

    @Override
    public void cancel() {
        Subscription s = chain;
        if (s != null) {
            s.cancel();
        }
        end(false);
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }
}
