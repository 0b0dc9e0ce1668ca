package dev.meridian.observability.endpoint;

import dev.meridian.filters.ratelimit.RateLimiter;
import dev.meridian.filters.ratelimit.StoreState;
import dev.meridian.routes.definition.Spelling;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What has become of requests under each rate limit, how it stands with a key, and a way to forget what one has taken. */
/*
 * The path is one selector: beside another one, what Boot calls the remaining segments begins with the first one.
 */
@WebEndpoint(id = RateLimitsEndpoint.ID)
final class RateLimitsEndpoint {

    static final String ID = "ratelimits";

    private static final Logger log = LoggerFactory.getLogger(RateLimitsEndpoint.class);
    /** For Redis to say how it stands with a key. */
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private final Supplier<Map<String, RateLimiter>> limiters;
    private final Supplier<StoreState> store;

    RateLimitsEndpoint(Supplier<Map<String, RateLimiter>> limiters, Supplier<StoreState> store) {
        this.limiters = limiters;
        this.store = store;
    }

    @ReadOperation
    RateLimitList rateLimits() {
        return RateLimitList.of(store.get(), limiters.get().values());
    }

    /** @param path the policy's name, and the key in one segment or more */
    @ReadOperation
    Mono<WebEndpointResponse<Object>> rateLimit(@Selector(match = Match.ALL_REMAINING) String... path) {
        if (path.length == 0) {
            return Mono.just(refused(path));
        }
        if (path.length == 1) {
            RateLimiter found = limiters.get().get(path[0]);
            // Looks at all its keys.
            return found == null
                    ? Mono.just(unknown(path[0]))
                    : Mono.<WebEndpointResponse<Object>>fromSupplier(
                                    () -> new WebEndpointResponse<>(RateLimitView.of(found)))
                            .subscribeOn(Schedulers.boundedElastic());
        }
        return ofKey(
                path,
                (limiter, key) -> limiter.look(key)
                        .filter(state -> !state.rates().isEmpty())
                        .<WebEndpointResponse<Object>>map(
                                state -> new WebEndpointResponse<>(RateLimitKeyView.of(limiter, state)))
                        .switchIfEmpty(Mono.fromSupplier(this::unavailable)));
    }

    /** @param path as above */
    @DeleteOperation
    Mono<WebEndpointResponse<Object>> reset(@Selector(match = Match.ALL_REMAINING) String... path) {
        if (path.length < 2) {
            return Mono.just(refused(path));
        }
        return ofKey(
                path,
                (limiter, key) -> limiter.reset(key)
                        .doOnSuccess(done -> log.info("{}: a key has been reset", limiter.name()))
                        .thenReturn(new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT)));
    }

    private Mono<WebEndpointResponse<Object>> ofKey(
            String[] path, BiFunction<RateLimiter, List<String>, Mono<WebEndpointResponse<Object>>> question) {
        RateLimiter limiter = limiters.get().get(path[0]);
        if (limiter == null) {
            return Mono.just(unknown(path[0]));
        }
        List<String> key = Arrays.asList(path).subList(1, path.length);
        try {
            return question.apply(limiter, key).timeout(DEADLINE).onErrorResume(this::failed);
        } catch (IllegalArgumentException e) {
            return Mono.just(Refusal.badRequest(String.valueOf(e.getMessage())));
        }
    }

    private Mono<WebEndpointResponse<Object>> failed(Throwable failure) {
        if (!(failure instanceof TimeoutException)) {
            log.debug("A key's state could not be had", failure); // the answer says so
        }
        return Mono.just(unavailable());
    }

    private WebEndpointResponse<Object> unavailable() {
        String problem = store.get().problem();
        return Refusal.unavailable(
                "the store of rate limits does not answer" + (problem == null ? "" : ": " + problem));
    }

    private WebEndpointResponse<Object> refused(String[] path) {
        return Refusal.badRequest("path: " + String.join("/", path) + " (expected: a policy and a key)");
    }

    private WebEndpointResponse<Object> unknown(String name) {
        Map<String, RateLimiter> all = limiters.get();
        String nearest = Spelling.nearest(name, all.keySet());
        return Refusal.notFound("policy: " + name + " (expected: "
                + (all.isEmpty()
                        ? "none, there is none at present)"
                        : "one of " + String.join(", ", all.keySet()) + ")")
                + suggestion(nearest));
    }

    private static String suggestion(@Nullable String nearest) {
        return nearest == null ? "" : "; did you mean: " + nearest;
    }
}
