package dev.meridian.filters.forward;

import dev.meridian.filters.resilience.RetryBudget;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;

/** Explains what would be sent upstream: line, header, deadlines, and what happens when it fails. */
final class ForwardExplainer implements ExplainContributor, Ordered {

    private static final String EACH_TIME_ANEW = "(of each request its own)";

    private final Forwarder forwarder;

    ForwardExplainer(Forwarder forwarder) {
        this.forwarder = forwarder;
    }

    @Override
    public int getOrder() {
        return 500;
    }

    @Override
    public String section() {
        return "forward";
    }

    @Override
    public @Nullable ForwardPart explain(ExplainedRequest request) {
        ServerWebExchange exchange = request.exchange();
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        if (url == null || own == null || !List.of("http", "https", "lb").contains(String.valueOf(url.getScheme()))) {
            return null;
        }
        Upstream upstream = own.upstream();
        UpstreamSettings settings = upstream == null ? forwarder.direct() : upstream.settings();
        boolean hasBody =
                request.bodySize() > 0 || exchange.getRequest().getHeaders().getFirst("Transfer-Encoding") != null;
        CallTimeouts timeouts = forwarder.timeouts(exchange, own, settings);
        return new ForwardPart(
                exchange.getRequest().getMethod().name(),
                url.toString(),
                settings.protocol().name().toLowerCase(Locale.ROOT),
                Timeouts.of(timeouts, settings.retry().perTryTimeout()),
                retries(request, upstream, hasBody),
                headers(request, url, own, settings),
                forwarder.headersFilters().isEmpty()
                        ? null
                        : "the application's own HttpHeadersFilter beans are not asked here");
    }

    private RetryPlan retries(ExplainedRequest asked, @Nullable Upstream upstream, boolean hasBody) {
        if (upstream == null) {
            return RetryPlan.none("never: the route names an address, not an upstream");
        }
        RetryDefinition settings = upstream.settings().retry();
        if (settings.attempts() == 0) {
            return RetryPlan.none("never: retry.attempts is 0");
        }
        ServerWebExchange exchange = asked.exchange();
        String method = exchange.getRequest().getMethod().name();
        HttpHeaders fields = Forwarder.copy(exchange.getRequest().getHeaders());
        boolean idempotent = Methods.idempotent(HttpMethod.valueOf(method), fields, settings);
        boolean kept = !hasBody || asked.bodySize() <= settings.replayBuffer().toBytes();
        boolean repeatable = idempotent && kept;
        String why = !idempotent
                ? method + " is not idempotent" + (settings.idempotencyKey() ? " and has no Idempotency-Key" : "")
                : "its body is longer than replay-buffer, " + settings.replayBuffer();
        return new RetryPlan(
                settings.attempts(),
                repeatable,
                (repeatable
                                ? "when it fails before its answer begins"
                                : "only where no upstream has looked at it, since " + why)
                        + ": to another endpoint, then to another region, or back where none is left",
                settings.conditions().stream()
                        .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .sorted()
                        .toList(),
                settings.statuses().stream().map(Object::toString).toList(),
                settings.backoff().toMillis(),
                settings.maxBackoff().toMillis(),
                budget(upstream, settings));
    }

    private Budget budget(Upstream upstream, RetryDefinition settings) {
        RetryBudget budget = forwarder.retries().find(upstream);
        long now = System.nanoTime();
        return new Budget(
                settings.budget().toString(),
                budget == null ? 0 : budget.requests(now),
                budget == null ? 0 : budget.retries(now),
                budget == null
                        ? RetryBudget.FLOOR
                        : budget.left(settings.budget().fraction(), now));
    }

    private Headers headers(ExplainedRequest request, URI url, GatewayExchange own, UpstreamSettings settings) {
        ServerWebExchange exchange = request.exchange();
        HttpHeaders in = Forwarder.copy(exchange.getRequest().getHeaders());
        String host = in.get(HeaderNames.HOST);
        boolean preserve = exchange.getAttributeOrDefault(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, false);
        Endpoint endpoint = own.endpoint();
        boolean open = "lb".equals(url.getScheme());
        String authority = preserve && host != null
                ? host
                : open ? "(of the endpoint)" : endpoint != null ? endpoint.authority() : url.getRawAuthority();
        URI requested = request.original().getRequest().getURI();
        HttpHeaders out = forwarder
                .headers()
                .write(
                        in,
                        false,
                        authority,
                        new RequestHeaders.Client(
                                host,
                                requested.getScheme(),
                                requested.getPort() >= 0
                                        ? requested.getPort()
                                        : "https".equals(requested.getScheme()) ? 443 : 80,
                                PeerFields.of(null, new InetSocketAddress(request.peer(), 0)),
                                Forwarder.prefix(exchange, url.getRawPath()),
                                false),
                        own,
                        settings.protocol() != Protocol.HTTP1);
        String length = in.get(HeaderNames.CONTENT_LENGTH);
        if (length != null) {
            out.set(HeaderNames.CONTENT_LENGTH, length);
        } else if (in.contains(HeaderNames.TRANSFER_ENCODING)) {
            out.set(HeaderNames.TRANSFER_ENCODING, "chunked");
        }
        if (out.contains(HeaderNames.TRACEPARENT)) {
            out.set(HeaderNames.TRACEPARENT, EACH_TIME_ANEW);
        }
        return Headers.between(Forwarder.copy(request.original().getRequest().getHeaders()), out);
    }

    /**
     * What is sent.
     *
     * @param url behind all rewriting filters; of the upstream where the endpoint is still open
     */
    record ForwardPart(
            String method,
            String url,
            String protocol,
            Timeouts timeouts,
            RetryPlan retries,
            Headers headers,
            @Nullable String note) {}

    /**
     * In milliseconds; 0 for none.
     *
     * @param totalMs over all attempts
     */
    record Timeouts(long connectMs, long tlsMs, long responseMs, long idleMs, long perTryMs, long totalMs) {

        static Timeouts of(CallTimeouts timeouts, @Nullable Duration perTry) {
            return new Timeouts(
                    timeouts.connectMillis(),
                    timeouts.tlsMillis(),
                    timeouts.responseMillis(),
                    timeouts.idleMillis(),
                    perTry == null ? 0 : perTry.toMillis(),
                    timeouts.totalMillis());
        }
    }

    /**
     * What happens when it fails.
     *
     * @param attempts after the first, at most
     * @param repeatable whether it may be sent again although the upstream may have seen it
     * @param when what must have gone wrong
     * @param statuses answers that count as failures
     * @param backoffMs the longest time before the first retry of a request that was sent
     * @param budget {@code null} where nothing is sent again
     */
    record RetryPlan(
            int attempts,
            boolean repeatable,
            String repeated,
            List<String> when,
            List<String> statuses,
            long backoffMs,
            long maxBackoffMs,
            @Nullable Budget budget) {

        static RetryPlan none(String why) {
            return new RetryPlan(0, false, why, List.of(), List.of(), 0, 0, null);
        }
    }

    /**
     * What all requests to the upstream may cost beyond themselves.
     *
     * @param requests of the last ten seconds
     * @param retries of the last ten seconds
     * @param left retries that could be made now
     */
    record Budget(String share, int requests, int retries, int left) {}

    /**
     * What becomes of the client's fields.
     *
     * @param changed from the client's value to the one that is sent
     */
    record Headers(Map<String, String> added, Map<String, String> changed, List<String> removed) {

        static Headers between(HttpHeaders before, HttpHeaders after) {
            Map<String, String> added = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            Map<String, String> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            List<String> removed = new ArrayList<>();
            for (String name : after.names()) {
                String value = String.join(", ", after.getAll(name));
                if (!before.contains(name)) {
                    added.put(name, value);
                } else if (!value.equals(String.join(", ", before.getAll(name)))) {
                    changed.put(name, value);
                }
            }
            for (String name : before.names()) {
                if (!after.contains(name)) {
                    removed.add(name);
                }
            }
            return new Headers(added, changed, removed);
        }
    }
}
