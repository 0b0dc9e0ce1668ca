package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class PreparedChainTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    private final List<String> log = new ArrayList<>();

    @Test
    void filter_noFilters_completes() {
        StepVerifier.create(chain().filter(exchange)).expectComplete().verify(SOON);
    }

    @Test
    void filter_subscribed_runsAllInOrderAndBack() {
        StepVerifier.create(chain(named("a"), named("b"), named("c")).filter(exchange))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("a", "b", "c", "after c", "after b", "after a");
    }

    @Test
    void filter_notSubscribed_runsNothing() {
        Mono<Void> chain = chain(named("a")).filter(exchange);

        assertThat(log).isEmpty();
        StepVerifier.create(chain).expectComplete().verify(SOON);
        assertThat(log).containsExactly("a", "after a");
    }

    @Test
    void filter_subscribesTwiceToTheRest_runsTheRestTwice() {
        GatewayFilter twice = (e, next) -> {
            Mono<Void> rest = next.filter(e);
            return rest.then(rest);
        };

        StepVerifier.create(chain(named("a"), twice, named("b"), named("c")).filter(exchange))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("a", "b", "c", "after c", "after b", "b", "c", "after c", "after b", "after a");
    }

    @Test
    void filter_retriesTheRest_runsItAnewEachTime() {
        GatewayFilter retry = (e, next) -> next.filter(e).retry(2);
        GatewayFilter failing = (e, next) -> {
            log.add("attempt");
            return log.size() < 3 ? Mono.error(new IllegalStateException("attempt")) : next.filter(e);
        };

        StepVerifier.create(chain(retry, failing, named("end")).filter(exchange))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("attempt", "attempt", "attempt", "end", "after end");
    }

    @Test
    void filter_doesNotGoOn_endsTheChain() {
        StepVerifier.create(chain(named("a"), (e, next) -> Mono.empty(), named("never"))
                        .filter(exchange))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("a", "after a");
    }

    @Test
    void filter_throws_becomesAnError() {
        StepVerifier.create(chain(named("a"), throwing()).filter(exchange))
                .expectErrorMessage("thrown")
                .verify(SOON);

        assertThat(log).containsExactly("a");
    }

    @Test
    void filter_throws_canBeHandledByTheFilterBefore() {
        GatewayFilter handling = (e, next) -> next.filter(e).onErrorResume(IllegalStateException.class, error -> {
            log.add("handled " + error.getMessage());
            return Mono.empty();
        });

        StepVerifier.create(chain(handling, throwing()).filter(exchange))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("handled thrown");
    }

    @Test
    @SuppressWarnings("NullAway") // What a filter must not do, and a user's may.
    void filter_returnsNull_becomesAnErrorAsInTheStockChain() {
        StepVerifier.create(
                        Mono.defer(() -> chain(named("a"), (e, next) -> null).filter(exchange)))
                .expectError(NullPointerException.class)
                .verify(SOON);
    }

    @Test
    void filter_readsTheContext_ofWhoeverSubscribes() {
        GatewayFilter reading = (e, next) -> Mono.deferContextual(context -> {
            log.add(context.get("key"));
            return next.filter(e);
        });

        StepVerifier.create(chain(named("a"), reading)
                        .filter(exchange)
                        .contextWrite(context -> context.put("key", "value")))
                .expectComplete()
                .verify(SOON);

        assertThat(log).contains("value");
    }

    @Test
    void filter_cancelled_cancelsWhatRuns() {
        AtomicBoolean cancelled = new AtomicBoolean();
        GatewayFilter waiting = (e, next) -> Mono.<Void>never().doOnCancel(() -> cancelled.set(true));

        Disposable subscription = chain(named("a"), waiting).filter(exchange).subscribe();
        subscription.dispose();

        assertThat(cancelled).isTrue();
        assertThat(log).containsExactly("a");
    }

    private static PreparedChain chain(GatewayFilter... filters) {
        return PreparedChain.of(List.of(filters));
    }

    private static GatewayFilter throwing() {
        return (e, next) -> {
            throw new IllegalStateException("thrown");
        };
    }

    private GatewayFilter named(String name) {
        return (e, next) -> {
            log.add(name);
            return next.filter(e).doOnSuccess(done -> log.add("after " + name));
        };
    }
}
