package dev.meridian.filters.ratelimit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;

/** {@code RateLimit=per-client} or {@code RateLimit=per-client,whole-api}: policies under {@code meridian.rate-limits}. */
final class RateLimitGatewayFilterFactory
        extends AbstractGatewayFilterFactory<RateLimitGatewayFilterFactory.RateLimitConfig> {

    static final String NAME = "RateLimit";

    private final RateLimits limits;
    private final KeyReader keys;

    RateLimitGatewayFilterFactory(RateLimits limits, KeyReader keys) {
        super(RateLimitConfig.class);
        this.limits = limits;
        this.keys = keys;
    }

    @Override
    public ShortcutType shortcutType() {
        return ShortcutType.GATHER_LIST;
    }

    @Override
    public List<String> shortcutFieldOrder() {
        return List.of("policies");
    }

    @Override
    public GatewayFilter apply(RateLimitConfig config) {
        List<String> names = config.getPolicies().stream()
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .toList();
        if (names.isEmpty()) {
            throw new IllegalArgumentException("the name of a policy under " + PolicyCompiler.PATH);
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("each policy once, which " + String.join(",", names) + " does not have");
        }
        return new RateLimitFilter(names, limits, keys);
    }

    /** Its arguments. */
    public static final class RateLimitConfig {

        private List<String> policies = new ArrayList<>();

        public List<String> getPolicies() {
            return policies;
        }

        public void setPolicies(List<String> policies) {
            this.policies = policies;
        }
    }
}
