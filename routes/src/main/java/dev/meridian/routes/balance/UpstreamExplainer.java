package dev.meridian.routes.balance;

import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.EndpointState;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.SelectionExplanation;
import dev.meridian.routes.upstream.SelectionExplanation.EndpointChance;
import dev.meridian.routes.upstream.SelectionExplanation.RegionChance;
import dev.meridian.routes.upstream.SelectionSettings;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;

/** Explains which endpoint an {@code lb://NAME} uri leads to: the regions' parts, what they come from, the endpoints'. */
public final class UpstreamExplainer implements ExplainContributor, Ordered {

    private final UpstreamRegistry upstreams;
    private final DiscoveredUpstreams discovered;
    private final ClientLocator locator;
    private final LongSupplier ticker;

    public UpstreamExplainer(
            UpstreamRegistry upstreams, DiscoveredUpstreams discovered, ClientLocator locator, LongSupplier ticker) {
        this.upstreams = upstreams;
        this.discovered = discovered;
        this.locator = locator;
        this.ticker = ticker;
    }

    @Override
    public int getOrder() {
        return 400;
    }

    @Override
    public String section() {
        return "upstream";
    }

    @Override
    public @Nullable UpstreamPart explain(ExplainedRequest request) {
        Map<String, Object> attributes = request.exchange().getAttributes();
        URI url = BalancedUrl.of(attributes);
        if (url == null) {
            return null;
        }
        String name = BalancedUrl.name(url);
        GatewayExchange own = GatewayExchange.require(attributes);
        Upstream configured = BalancedUrl.configured(name, own, upstreams);
        Upstream upstream = configured != null ? configured : find(name);
        if (upstream == null) {
            return UpstreamPart.unknown(name);
        }
        SelectionSettings settings = upstream.settings().selection();
        ExchangeSelection selection = new ExchangeSelection(request.exchange(), own, settings, locator);
        SelectionExplanation explained = upstream.selector().explain(selection);
        LiveEndpoint certain = certain(explained);
        if (certain != null) {
            own.chosen(upstream, certain, selection);
            BalancedUrl.resolve(attributes, url, certain.endpoint());
        } else {
            firstPossible(explained).ifPresent(endpoint -> own.chosen(upstream, endpoint, selection));
        }
        return part(upstream, configured != null, settings, explained, certain);
    }

    /** What requests have made known already: discovery itself is not asked. */
    private @Nullable Upstream find(String name) {
        return discovered.all().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable LiveEndpoint certain(SelectionExplanation explained) {
        return explained.regions().stream()
                .filter(region -> region.probability() >= 1 && !Boolean.FALSE.equals(region.capacityLeft()))
                .flatMap(region -> region.endpoints().stream())
                .filter(endpoint -> Objects.requireNonNullElse(endpoint.probability(), 0.0) >= 1)
                .map(EndpointChance::endpoint)
                .findFirst()
                .orElse(null);
    }

    private static java.util.Optional<LiveEndpoint> firstPossible(SelectionExplanation explained) {
        return explained.regions().stream()
                .filter(region -> region.probability() > 0)
                .flatMap(region -> region.endpoints().stream())
                .filter(EndpointChance::candidate)
                .map(EndpointChance::endpoint)
                .findFirst();
    }

    private UpstreamPart part(
            Upstream upstream,
            boolean configured,
            SelectionSettings settings,
            SelectionExplanation explained,
            @Nullable LiveEndpoint certain) {
        Map<String, LiveRegion> regions = upstream.regions().stream()
                .collect(Collectors.toMap(LiveRegion::name, Function.identity(), (first, second) -> first));
        long now = ticker.getAsLong();
        return new UpstreamPart(
                upstream.name(),
                configured ? "configuration" : "discovery",
                Spelling.written(settings.regionSelection()),
                Spelling.written(settings.balance()),
                rule(settings),
                explained.regions().stream()
                        .map(chance -> region(
                                Objects.requireNonNull(regions.get(chance.region()), chance.region()),
                                chance,
                                settings.rampNanos(),
                                now))
                        .toList(),
                certain == null ? null : certain.endpoint().url(),
                explained.note());
    }

    private static String rule(SelectionSettings settings) {
        return switch (settings.balance()) {
            case ROUND_ROBIN -> "in turn, each as often as its weight says";
            case RANDOM -> "by chance, weighted";
            case LEAST_REQUEST -> "of two drawn by weight, the one with fewer requests under way for its weight";
            case LEAST_RESPONSE_TIME ->
                "of two drawn by weight, the one with the lower response time times (1 + requests under way)";
            case RESOURCE ->
                "of two drawn by weight, the one with the lower " + settings.resourceMetric()
                        + " utilisation times (1 + requests under way)";
            case HASH ->
                "by hash of " + Spelling.written(settings.hashOn().source())
                        + (settings.hashOn().name() == null
                                ? ""
                                : ":" + settings.hashOn().name());
        };
    }

    private static RegionPart region(LiveRegion region, RegionChance chance, long rampNanos, long now) {
        long available = region.endpoints().stream()
                .filter(endpoint -> endpoint.state().availability() == Availability.AVAILABLE)
                .count();
        int capacity = region.region().capacity();
        return new RegionPart(
                region.name(),
                region.region().priority(),
                region.region().weight(),
                Spelling.written(region.serving()),
                rounded(chance.share(), 3),
                rounded(chance.probability(), 3),
                chance.reason().isEmpty() ? null : chance.reason(),
                available + " of " + region.endpoints().size(),
                millis(region.state().responseTime().get()),
                millis(region.state().checkTime().get()),
                rounded(region.state().rampNow(rampNanos, now), 2),
                region.state().active(),
                capacity == 0 ? null : Integer.valueOf(capacity),
                chance.capacityLeft(),
                chance.nearbyShare() == null ? null : rounded(chance.nearbyShare(), 3),
                chance.endpoints().stream().map(UpstreamExplainer::endpoint).toList());
    }

    private static EndpointPart endpoint(EndpointChance chance) {
        EndpointState state = chance.endpoint().state();
        boolean out = state.availability() != Availability.AVAILABLE;
        String why = state.availability().words() + (state.reason().isEmpty() ? "" : ": " + state.reason());
        return new EndpointPart(
                chance.endpoint().endpoint().url(),
                chance.endpoint().endpoint().zone(),
                chance.candidate(),
                out ? why : null,
                rounded(chance.weight(), 2),
                chance.probability() == null ? null : rounded(chance.probability(), 3),
                state.active(),
                millis(state.responseTime().get()),
                Double.isFinite(state.utilisation().get())
                        ? rounded(state.utilisation().get(), 3)
                        : null);
    }

    private static @Nullable Double millis(double nanos) {
        return Double.isFinite(nanos) ? Double.valueOf(rounded(nanos / 1e6, 2)) : null;
    }

    private static double rounded(double value, int places) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP).doubleValue();
    }

    /**
     * The upstream.
     *
     * @param source {@code configuration} or {@code discovery}; {@code null} where nobody knows the name
     * @param endpoint that is certain to be tried first, {@code null} where turns, chance or load decide
     */
    record UpstreamPart(
            String name,
            @Nullable String source,
            @Nullable String regionSelection,
            @Nullable String balance,
            @Nullable String rule,
            List<RegionPart> regions,
            @Nullable String endpoint,
            @Nullable String note) {

        static UpstreamPart unknown(String name) {
            return new UpstreamPart(
                    name,
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    null,
                    "no upstream has this name, and no request has made discovery known by it yet");
        }
    }

    /**
     * One region.
     *
     * @param probability that this request goes there first
     * @param reason why it takes none, or less than its weight says
     * @param available endpoints of all
     */
    record RegionPart(
            String name,
            int priority,
            int weight,
            String state,
            double share,
            double probability,
            @Nullable String reason,
            String available,
            @Nullable Double latencyMs,
            @Nullable Double checkLatencyMs,
            double ramp,
            int active,
            @Nullable Integer capacity,
            @Nullable Boolean capacityLeft,
            @Nullable Double nearbyShare,
            List<EndpointPart> endpoints) {}

    /**
     * One endpoint.
     *
     * @param out why it is not to be used, {@code null} where it is
     * @param probability inside its region; {@code null} where it depends on what is under way
     */
    record EndpointPart(
            String url,
            @Nullable String zone,
            boolean candidate,
            @Nullable String out,
            double weight,
            @Nullable Double probability,
            int active,
            @Nullable Double responseTimeMs,
            @Nullable Double utilisation) {}
}
