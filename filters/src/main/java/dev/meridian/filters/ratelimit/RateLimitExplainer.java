package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;

/** Explains which limits a request counts on, how it stands with them, and whether it would pass; counts nothing. */
final class RateLimitExplainer implements ExplainContributor, Ordered {

    private static final Duration DEADLINE = Duration.ofMillis(500);

    private final RateLimits limits;
    private final KeyReader keys;

    RateLimitExplainer(RateLimits limits, KeyReader keys) {
        this.limits = limits;
        this.keys = keys;
    }

    @Override
    public int getOrder() {
        return 350;
    }

    @Override
    public String section() {
        return "rate-limits";
    }

    @Override
    public @Nullable List<ExplainedLimit> explain(ExplainedRequest request) {
        Route route = (Route) request.exchange().getAttributes().get(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route == null) {
            return null;
        }
        List<ExplainedLimit> explained = new ArrayList<>();
        for (GatewayFilter filter : route.getFilters()) {
            GatewayFilter inner = filter instanceof OrderedGatewayFilter ordered ? ordered.getDelegate() : filter;
            if (inner instanceof RateLimitFilter own) {
                own.policies().stream().map(limits::find).forEach(limiter -> {
                    if (limiter != null) {
                        explained.add(explain(limiter, request.exchange()));
                    }
                });
            }
        }
        return explained.isEmpty() ? null : explained;
    }

    private ExplainedLimit explain(RateLimiter limiter, ServerWebExchange exchange) {
        Policy policy = limiter.policy();
        InetAddress client = KeyReader.client(exchange);
        int cost = policy.definition().cost().of(exchange.getRequest().getMethod());
        if (cost == 0 || policy.exempts(client, exchange.getRequest().getHeaders())) {
            return ExplainedLimit.of(policy, null, cost, "not concerned", null);
        }
        LimitKey key = keys.read(policy, exchange, null);
        if (key == null) {
            switch (policy.definition().onMissingKey()) {
                case DENY -> {
                    return ExplainedLimit.of(policy, null, cost, "refused, the key is missing", null);
                }
                case SKIP -> {
                    return ExplainedLimit.of(policy, null, cost, "not concerned, the key is missing", null);
                }
                case CLIENT_IP -> key = keys.otherwise(policy, exchange);
            }
        }
        if (key == null) {
            return ExplainedLimit.of(policy, null, cost, "not concerned", null);
        }
        Grant standing = standing(limiter, key, cost);
        if (standing.rate() < 0) {
            return ExplainedLimit.of(policy, key, cost, "unknown, the store does not answer", null);
        }
        boolean passes = standing.waitMicros() == 0;
        String verdict = passes ? "passes" : policy.definition().shadow() ? "passes, counted only" : "refused";
        return ExplainedLimit.of(policy, key, cost, verdict, standing);
    }

    private static Grant standing(RateLimiter limiter, LimitKey key, int cost) {
        try {
            return limiter.store().look(key, cost).toFuture().get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            return LimitStore.UNCOUNTED;
        }
    }

    /**
     * One policy.
     *
     * @param key as it is kept, {@code null} where there is none
     * @param cost units that the request would take
     * @param limit of the tightest rate
     * @param remaining units that are left of it
     * @param retryAfter until the request would pass, {@code null} where it does
     */
    record ExplainedLimit(
            String policy,
            String algorithm,
            String countedIn,
            @Nullable String key,
            int cost,
            @Nullable Long limit,
            @Nullable Duration window,
            @Nullable Long remaining,
            @Nullable Duration retryAfter,
            String verdict) {

        static ExplainedLimit of(
                Policy policy, @Nullable LimitKey key, int cost, String verdict, @Nullable Grant standing) {
            Rate rate = key == null || standing == null
                    ? null
                    : key.limits().rates().get(standing.rate());
            long wait = standing == null ? 0 : standing.waitMicros();
            return new ExplainedLimit(
                    policy.name(),
                    Spelling.written(policy.definition().algorithm()),
                    policy.shared() ? "redis" : "local",
                    key == null ? null : key.text(),
                    cost,
                    rate == null ? null : rate.limit(),
                    rate == null ? null : Duration.ofNanos(rate.windowMicros() * 1000),
                    standing == null ? null : standing.remaining(),
                    wait > 0 && wait < Long.MAX_VALUE ? Duration.ofNanos(wait * 1000) : null,
                    verdict);
        }
    }
}
