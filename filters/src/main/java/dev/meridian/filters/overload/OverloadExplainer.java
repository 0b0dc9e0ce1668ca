package dev.meridian.filters.overload;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;

/** Explains which limits on requests under way concern a request, and whether it would be let in now. */
final class OverloadExplainer implements ExplainContributor, Ordered {

    private final OverloadLimits limits;

    OverloadExplainer(OverloadLimits limits) {
        this.limits = limits;
    }

    @Override
    public int getOrder() {
        return 450;
    }

    @Override
    public String section() {
        return "overload";
    }

    @Override
    public @Nullable OverloadPart explain(ExplainedRequest request) {
        Map<String, Object> attributes = request.exchange().getAttributes();
        Route route = (Route) attributes.get(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        if (route == null) {
            return null;
        }
        Priority priority = RoutePriority.of(route);
        GatewayExchange own = GatewayExchange.of(attributes);
        String name = own == null || own.upstream() == null ? null : own.upstreamName();
        return new OverloadPart(
                priority.text(),
                LimitPart.of(limits.gateway(), priority),
                LimitPart.of(name == null ? null : limits.upstream(name), priority));
    }

    /**
     * How much the request matters, and what that means.
     *
     * @param gateway {@code null} for no limit
     * @param upstream {@code null} for no limit
     */
    record OverloadPart(
            String priority,
            @Nullable LimitPart gateway,
            @Nullable LimitPart upstream) {}

    /**
     * One limit.
     *
     * @param limit at present
     * @param forPriority what requests of this class may use of it
     * @param admitted whether one more of this class would be let in now
     */
    record LimitPart(int limit, boolean adaptive, int inUse, int forPriority, boolean admitted) {

        static @Nullable LimitPart of(@Nullable ConcurrencyLimit of, Priority priority) {
            if (of == null) {
                return null;
            }
            int limit = of.limit();
            int inUse = of.inUse();
            int part = priority.part(limit);
            return new LimitPart(limit, of.isAdaptive(), inUse, part, inUse < part);
        }
    }
}
