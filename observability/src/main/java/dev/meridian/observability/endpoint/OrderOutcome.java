package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What became of an order.
 *
 * @param endpoint its url, {@code null} where the order was for the whole region
 * @param before the state so far
 * @param after the state that was ordered
 * @param dryRun whether nothing was done
 * @param effect what follows from it, in a sentence
 * @param sharesBefore by region
 * @param sharesAfter by region, {@code null} where nothing was done
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OrderOutcome(
        String upstream,
        String region,
        @Nullable String endpoint,
        String before,
        String after,
        @JsonProperty("dry-run") boolean dryRun,
        String effect,
        @JsonProperty("shares-before") Map<String, Double> sharesBefore,
        @JsonProperty("shares-after") @Nullable Map<String, Double> sharesAfter)
        implements OperationResponseBody {

    /** What would become of it now. */
    static OrderOutcome expected(Target target, Order order) {
        LiveEndpoint endpoint = target.endpoint();
        return new OrderOutcome(
                target.upstream().name(),
                target.region().name(),
                endpoint == null ? null : endpoint.endpoint().url(),
                Spelling.written(target.state()),
                Spelling.written(order.state()),
                order.dryRun(),
                new Effect(target, order.state()).sentence(),
                shares(target.upstream()),
                null);
    }

    /** With the shares as they have become. */
    OrderOutcome carriedOut(Upstream now) {
        return new OrderOutcome(upstream, region, endpoint, before, after, dryRun, effect, sharesBefore, shares(now));
    }

    private static Map<String, Double> shares(Upstream upstream) {
        Map<String, Double> shares = new LinkedHashMap<>();
        upstream.selector()
                .shares()
                .forEach(each -> shares.put(each.region(), Words.rounded(each.share(), UpstreamView.SHARE_PLACES)));
        return shares;
    }
}
