package dev.meridian.routes.match;

import dev.meridian.routes.canary.Canary;
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
final class RouteLookup {

    private static final Log log = LogFactory.getLog(RouteLookup.class);

    private final RouteIndex index;
    private final Candidates candidates;
    private final ServerWebExchange exchange;
    private final Context context;
    private final Canary canary;
    private @Nullable PreparedRoute current;
    private @Nullable PreparedRoute found;
    private @Nullable Throwable error;
    /** Between asking a predicate and its answer; an answer that comes meanwhile is read by the loop itself. */
    private boolean asking;

    private @Nullable Boolean answer;
    private volatile @Nullable Subscription asked;
    private boolean finished;
    private Sinks.@Nullable One<Optional<PreparedRoute>> later;

    RouteLookup(RouteIndex index, ServerWebExchange exchange, Context context, Canary canary) {
        this.index = index;
        this.candidates = index.candidates(exchange);
        this.exchange = exchange;
        this.context = context;
        this.canary = canary;
    }

    /** @return whether the result is here; else it comes through {@link #later()} */
    boolean run() {
        Map<String, Object> attributes = exchange.getAttributes();
        for (int number = candidates.next(); number >= 0; number = candidates.next()) {
            PreparedRoute candidate = index.route(number);
            current = candidate;
            attributes.put(
                    ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR,
                    candidate.route().getId());
            if (!candidate.weights().isEmpty()) {
                canary.offer(exchange, index.groups());
            }
            Boolean matched = ask(candidate);
            if (matched == null) {
                return false;
            }
            if (matched) {
                found = candidate;
                break;
            }
        }
        attributes.remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        return true;
    }

    @Nullable
    PreparedRoute found() {
        return found;
    }

    /** What a predicate failed with, where no other route matched: a failure counts as no match until then. */
    @Nullable
    Throwable error() {
        return found == null ? error : null;
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
        Publisher<Boolean> publisher;
        try {
            publisher = candidate.route().getPredicate().apply(exchange);
        } catch (Exception e) {
            log.error("Error applying predicate for route: " + candidate.route().getId(), e);
            return Boolean.FALSE;
        }
        if (publisher instanceof Callable<?> constant) {
            try {
                return Boolean.TRUE.equals(constant.call());
            } catch (Exception e) {
                failed(e);
                return Boolean.FALSE;
            }
        }
        answer = null;
        asking = true;
        publisher.subscribe(new Asked());
        synchronized (this) { // the answer may be on its way from another thread
            asking = false;
            return answer;
        }
    }

    private void failed(Throwable failure) {
        Throwable first = error;
        if (first == null) {
            error = failure;
        } else if (first != failure) {
            first.addSuppressed(failure);
        }
    }

    private void onAnswer(boolean matched, @Nullable Throwable failure) {
        synchronized (this) {
            answer = matched;
            if (failure != null) {
                failed(failure);
            }
            if (asking) {
                return;
            }
        }
        if (matched) {
            found = current;
            finish();
            return;
        }
        if (run()) {
            finish();
        }
    }

    private synchronized void finish() {
        finished = true;
        Sinks.One<Optional<PreparedRoute>> sink = later;
        if (sink == null) {
            return;
        }
        exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        Throwable failure = error();
        if (failure != null) {
            sink.tryEmitError(failure);
        } else {
            sink.tryEmitValue(Optional.ofNullable(found));
        }
    }

    /** Takes the first word of one predicate; what it says after that, if anything, concerns nobody. */
    private final class Asked implements CoreSubscriber<Boolean> {

        private @Nullable Subscription subscription;
        private boolean answered;

        @Override
        public void onSubscribe(Subscription s) {
            subscription = s;
            asked = s;
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Boolean value) {
            if (!answered) {
                answered = true;
                Subscription s = subscription;
                if (s != null) {
                    s.cancel();
                }
                onAnswer(value, null);
            }
        }

        @Override
        public void onComplete() {
            if (!answered) {
                answered = true;
                onAnswer(false, null);
            }
        }

        @Override
        public void onError(Throwable t) {
            if (!answered) {
                answered = true;
                onAnswer(false, t);
            }
        }

        @Override
        public Context currentContext() {
            return context;
        }
    }
}
