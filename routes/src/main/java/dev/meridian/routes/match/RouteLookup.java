package dev.meridian.routes.match;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * Finds the first route whose predicate holds, for one exchange. Predicates that answer at once, which is all of the stock
 * ones but {@code ReadBody}, cost a plain loop; one that answers later suspends the loop and is not asked twice.
 */
final class RouteLookup implements CoreSubscriber<Boolean> {

    private static final Log log = LogFactory.getLog(RouteLookup.class);

    private final PreparedRoute[] candidates;
    private final ServerWebExchange exchange;
    private final Context context;
    private int index;
    private @Nullable PreparedRoute found;
    private @Nullable Throwable error;
    /** Between asking a predicate and its answer; an answer that comes meanwhile is read by the loop itself. */
    private boolean asking;

    private @Nullable Boolean answer;
    private volatile @Nullable Subscription asked;
    private boolean finished;
    private Sinks.@Nullable One<Optional<PreparedRoute>> later;

    RouteLookup(PreparedRoute[] candidates, ServerWebExchange exchange, Context context) {
        this.candidates = candidates;
        this.exchange = exchange;
        this.context = context;
    }

    /** @return whether the result is here; else it comes through {@link #later()} */
    boolean run() {
        Map<String, Object> attributes = exchange.getAttributes();
        while (index < candidates.length) {
            PreparedRoute candidate = candidates[index];
            attributes.put(
                    ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR,
                    candidate.route().getId());
            Boolean matched = ask(candidate);
            if (error != null) {
                return true;
            }
            if (matched == null) {
                return false;
            }
            if (matched) {
                found = candidate;
                break;
            }
            index++;
        }
        attributes.remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        return true;
    }

    @Nullable
    PreparedRoute found() {
        return found;
    }

    @Nullable
    Throwable error() {
        return error;
    }

    Mono<Optional<PreparedRoute>> later() {
        Sinks.One<Optional<PreparedRoute>> sink = Sinks.one();
        synchronized (this) {
            later = sink;
            if (finished) {
                finish();
            }
        }
        return sink.asMono().doOnCancel(() -> {
            Subscription s = asked;
            if (s != null) {
                s.cancel();
            }
        });
    }

    private @Nullable Boolean ask(PreparedRoute candidate) {
        try {
            Publisher<Boolean> publisher = candidate.route().getPredicate().apply(exchange);
            if (publisher instanceof Callable<?> constant) {
                return Boolean.TRUE.equals(constant.call());
            }
            answer = null;
            asking = true;
            publisher.subscribe(this);
            synchronized (this) { // the answer may be on its way from another thread
                asking = false;
                return answer;
            }
        } catch (Exception e) {
            asking = false;
            log.error("Error applying predicate for route: " + candidate.route().getId(), e);
            return Boolean.FALSE;
        }
    }

    @Override
    public void onSubscribe(Subscription s) {
        asked = s;
        s.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Boolean value) {
        answer = value;
    }

    @Override
    public void onComplete() {
        Boolean given;
        synchronized (this) {
            given = answer == null ? Boolean.FALSE : answer;
            answer = given;
            if (asking) {
                return;
            }
        }
        if (given) {
            found = candidates[index];
            finish();
        } else {
            index++;
            if (run()) {
                finish();
            }
        }
    }

    @Override
    public void onError(Throwable t) {
        synchronized (this) {
            error = t;
            if (asking) {
                answer = Boolean.FALSE;
                return;
            }
        }
        finish();
    }

    private synchronized void finish() {
        finished = true;
        Sinks.One<Optional<PreparedRoute>> sink = later;
        if (sink == null) {
            return;
        }
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        if (error != null) {
            sink.tryEmitError(error);
        } else {
            sink.tryEmitValue(Optional.ofNullable(found));
        }
    }

    @Override
    public Context currentContext() {
        return context;
    }
}
