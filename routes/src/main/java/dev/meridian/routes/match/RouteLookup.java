package dev.meridian.routes.match;

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
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Finds the first route whose predicate holds. Predicates that answer at once, which is all of the stock ones but
 * {@code ReadBody}, cost a plain loop; one that answers later suspends the loop and is not asked twice.
 */
final class RouteLookup extends Mono<PreparedRoute> {

    private static final Log log = LogFactory.getLog(RouteLookup.class);

    private final PreparedRoute[] candidates;
    private final ServerWebExchange exchange;

    RouteLookup(PreparedRoute[] candidates, ServerWebExchange exchange) {
        this.candidates = candidates;
        this.exchange = exchange;
    }

    @Override
    public void subscribe(CoreSubscriber<? super PreparedRoute> actual) {
        Loop loop = new Loop(candidates, exchange, actual);
        actual.onSubscribe(loop);
        loop.run();
    }

    private static final class Loop extends Operators.MonoSubscriber<Boolean, PreparedRoute> {

        private final PreparedRoute[] candidates;
        private final ServerWebExchange exchange;
        private int index;
        /** Between asking a predicate and its answer; an answer that comes meanwhile is read by the loop itself. */
        private boolean asking;

        private @Nullable Boolean answer;
        private boolean failed;
        private @Nullable Subscription asked;

        Loop(PreparedRoute[] candidates, ServerWebExchange exchange, CoreSubscriber<? super PreparedRoute> actual) {
            super(actual);
            this.candidates = candidates;
            this.exchange = exchange;
        }

        void run() {
            while (index < candidates.length) {
                PreparedRoute candidate = candidates[index];
                exchange.getAttributes()
                        .put(
                                ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR,
                                candidate.route().getId());
                Boolean matched = ask(candidate);
                if (failed) {
                    return;
                }
                if (matched == null) {
                    return; // goes on in onComplete
                }
                if (matched) {
                    complete(candidate);
                    return;
                }
                index++;
            }
            actual.onComplete();
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
                asking = false;
                return answer;
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
            if (answer == null) {
                answer = Boolean.FALSE;
            }
            if (asking) {
                return;
            }
            if (answer) {
                complete(candidates[index]);
            } else {
                index++;
                run();
            }
        }

        @Override
        public void onError(Throwable t) {
            failed = true;
            actual.onError(t);
        }

        @Override
        public void cancel() {
            super.cancel();
            Subscription s = asked;
            if (s != null) {
                s.cancel();
            }
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }
    }
}
