package dev.meridian.filters.ratelimit;

import dev.meridian.filters.client.Peer;
import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.ProblemWriter;
import dev.meridian.filters.ratelimit.quota.Grant;
import io.netty.channel.Channel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Lets a request pass where all of its policies do. */
final class RateLimitFilter implements GatewayFilter {

    private final List<String> names;
    private final RateLimits limits;
    private final KeyReader keys;

    RateLimitFilter(List<String> names, RateLimits limits, KeyReader keys) {
        this.names = List.copyOf(names);
        this.limits = limits;
        this.keys = keys;
    }

    List<String> policies() {
        return names;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return Mono.defer(() -> limited(exchange, chain)); // a filter before this one may try again
    }

    private Mono<Void> limited(ServerWebExchange exchange, GatewayFilterChain chain) {
        List<RateLimiter> limiters = limiters();
        for (RateLimiter limiter : limiters) {
            if (limiter.policy().needsPrincipal()) {
                return exchange.getPrincipal()
                        .map(Optional::of)
                        .defaultIfEmpty(Optional.empty())
                        .flatMap(principal -> take(exchange, chain, limiters, principal.orElse(null)));
            }
        }
        return take(exchange, chain, limiters, null);
    }

    /** Policies that a refresh has taken away meanwhile hold nobody up any more. */
    private List<RateLimiter> limiters() {
        if (names.size() == 1) {
            RateLimiter only = limits.find(names.get(0));
            return only == null ? List.of() : List.of(only);
        }
        List<RateLimiter> found = new ArrayList<>(names.size());
        for (String name : names) {
            RateLimiter limiter = limits.find(name);
            if (limiter != null) {
                found.add(limiter);
            }
        }
        return found;
    }

    private Mono<Void> take(
            ServerWebExchange exchange,
            GatewayFilterChain chain,
            List<RateLimiter> limiters,
            @Nullable Principal principal) {
        Waiting waiting = new Waiting(exchange);
        Verdict now = waiting.taking.start(limiters, keys, principal);
        return now != null
                ? goOn(exchange, chain, now)
                : Mono.<Verdict>create(waiting::attach).flatMap(verdict -> goOn(exchange, chain, verdict));
    }

    private static Mono<Void> goOn(ServerWebExchange exchange, GatewayFilterChain chain, Verdict verdict) {
        RateLimitFields.write(verdict, exchange.getResponse().getHeaders());
        return switch (verdict.kind()) {
            case ADMITTED -> chain.filter(exchange);
            case REFUSED -> refuse(exchange, verdict);
            case MISSING_KEY ->
                ProblemWriter.write(
                        exchange, Failure.RATE_LIMIT_KEY_MISSING, "What it is counted by is missing: " + keys(verdict));
            case UNAVAILABLE ->
                ProblemWriter.write(exchange, Failure.RATE_LIMIT_UNAVAILABLE, Failure.RATE_LIMIT_UNAVAILABLE.title());
        };
    }

    private static String keys(Verdict verdict) {
        Policy policy = verdict.policy();
        return policy == null ? "" : String.valueOf(policy.definition().key());
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, Verdict verdict) {
        Policy policy = verdict.policy();
        Grant grant = verdict.grant();
        ServerHttpResponse response = exchange.getResponse();
        if (grant != null && grant.waitMicros() != Long.MAX_VALUE) {
            long seconds = Math.max(1, RateLimitFields.seconds(grant.waitMicros()));
            response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        }
        RefusalDefinition refusal = policy == null ? null : policy.definition().refusal();
        String body = refusal == null ? null : refusal.body();
        if (refusal == null || body == null) {
            int status = refusal == null ? Failure.RATE_LIMITED.status() : refusal.status();
            return ProblemWriter.write(
                    exchange,
                    Failure.RATE_LIMITED,
                    HttpStatusCode.valueOf(status),
                    "The limit " + (policy == null ? "" : policy.name() + " ") + "is used up.");
        }
        MediaType type = MediaType.parseMediaType(refusal.contentType());
        Charset charset = type.getCharset() == null ? StandardCharsets.UTF_8 : type.getCharset();
        return ProblemWriter.writeOwn(
                exchange, Failure.RATE_LIMITED, HttpStatusCode.valueOf(refusal.status()), type, body.getBytes(charset));
    }

    @Override
    public String toString() {
        return "[RateLimit " + String.join(", ", names) + "]";
    }

    /** A request whose verdict is on its way. It goes on in the event loop that it came from. */
    private static final class Waiting {

        private final ServerWebExchange exchange;
        private final Taking taking;
        private @Nullable MonoSink<Verdict> sink;
        private @Nullable Verdict verdict;
        private boolean gone;

        Waiting(ServerWebExchange exchange) {
            this.exchange = exchange;
            this.taking = new Taking(exchange, this::onVerdict);
        }

        private void onVerdict(Verdict answer) {
            Channel channel = Peer.channel(exchange.getRequest());
            if (channel == null || channel.eventLoop().inEventLoop()) {
                deliver(answer);
            } else {
                channel.eventLoop().execute(() -> deliver(answer));
            }
        }

        private void deliver(Verdict answer) {
            MonoSink<Verdict> waiting;
            synchronized (this) {
                if (gone) {
                    taking.abandon(answer);
                    return;
                }
                waiting = sink;
                verdict = answer;
            }
            if (waiting != null) {
                waiting.success(answer);
            }
        }

        void attach(MonoSink<Verdict> subscriber) {
            Verdict known;
            synchronized (this) {
                sink = subscriber;
                known = verdict;
            }
            subscriber.onCancel(this::leave);
            if (known != null) {
                subscriber.success(known);
            }
        }

        private void leave() {
            synchronized (this) {
                gone = true;
            }
        }
    }
}
