package dev.meridian.routes.match;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The ways in which a predicate may answer; the later ones from another thread. */
enum Answer {
    TRUE,
    FALSE,
    EMPTY,
    ERROR,
    THROWS,
    DEFERRED_TRUE,
    DEFERRED_FALSE,
    DEFERRED_ERROR,
    CALLABLE_TRUE,
    CALLABLE_EMPTY,
    CALLABLE_THROWS,
    LATER_TRUE,
    LATER_FALSE,
    LATER_EMPTY,
    LATER_ERROR,
    FALSE_THEN_TRUE,
    TRUE_THEN_FALSE,
    TRUE_THEN_ERROR;

    /** Those of which the first signal is the whole answer. */
    static final Answer[] PLAIN = {
        TRUE,
        FALSE,
        EMPTY,
        THROWS,
        DEFERRED_TRUE,
        DEFERRED_FALSE,
        CALLABLE_TRUE,
        CALLABLE_EMPTY,
        LATER_TRUE,
        LATER_FALSE,
        LATER_EMPTY
    };

    Publisher<Boolean> publisher() {
        return switch (this) {
            case TRUE -> Mono.just(true);
            case FALSE -> Mono.just(false);
            case EMPTY -> Mono.empty();
            case ERROR -> Mono.error(new IllegalStateException("error"));
            case THROWS -> throw new IllegalStateException("thrown");
            case DEFERRED_TRUE -> Mono.defer(() -> Mono.just(true));
            case DEFERRED_FALSE -> Mono.defer(() -> Mono.just(false));
            case DEFERRED_ERROR -> Mono.defer(() -> Mono.error(new IllegalStateException("deferred error")));
            case CALLABLE_TRUE -> Mono.fromCallable(() -> true);
            case CALLABLE_EMPTY -> Mono.fromRunnable(() -> {});
            case CALLABLE_THROWS ->
                Mono.fromCallable(() -> {
                    throw new IllegalStateException("callable error");
                });
            case LATER_TRUE -> later(Mono.just(true));
            case LATER_FALSE -> later(Mono.just(false));
            case LATER_EMPTY -> later(Mono.empty());
            case LATER_ERROR -> later(Mono.error(new IllegalStateException("later error")));
            case FALSE_THEN_TRUE -> Flux.just(false, true);
            case TRUE_THEN_FALSE -> Flux.just(true, false);
            case TRUE_THEN_ERROR -> Flux.concat(Mono.just(true), Mono.error(new IllegalStateException("too late")));
        };
    }

    private static Mono<Boolean> later(Mono<Boolean> answer) {
        return Mono.defer(() -> answer).subscribeOn(Schedulers.parallel());
    }
}
