package dev.meridian.routes.exchange;

import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamView;
import java.net.InetAddress;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of one exchange beside the request and the response: one object in place of a dozen
 * attributes, so that each step reads and writes plain fields.
 *
 * <p>Confined to the exchange: written by the steps in their order, which Reactor makes happen one after the other.
 * Times are {@link System#nanoTime()} nanoseconds, 0 where the step has not been reached.
 */
public final class GatewayExchange {

    /** When the gateway first saw the request. */
    public final long startNanos;

    private @Nullable InetAddress clientAddress;
    private @Nullable String traceId;
    private @Nullable String spanId;
    private @Nullable String traceFlags;
    private boolean traceContinued;
    private boolean peerTrusted;
    private @Nullable PreparedTarget target;
    private @Nullable String routeId;
    private @Nullable UpstreamView upstreams;
    private @Nullable Upstream upstream;
    private @Nullable String upstreamName;
    private @Nullable Endpoint endpoint;
    private @Nullable LiveEndpoint liveEndpoint;
    private @Nullable Selection selection;
    private @Nullable RouteTimeouts timeouts;
    private @Nullable String failure;
    private @Nullable String fallback;
    private @Nullable String failedUpstream;
    private boolean fallbackFailed;
    private boolean shed;
    private @Nullable LongSupplier requestBytes;
    private long responseBytes;
    private long upstreamStartNanos;
    private long upstreamFirstByteNanos;
    private long upstreamEndNanos;
    private int attempts;

    public GatewayExchange(long startNanos) {
        this.startNanos = startNanos;
    }

    /** The exchange's own, or {@code null} where no Meridian filter has started one. */
    public static @Nullable GatewayExchange of(Map<String, Object> attributes) {
        return (GatewayExchange) attributes.get(ExchangeAttributes.GATEWAY_EXCHANGE);
    }

    /** The exchange's own, started now where there is none yet (in an application without our web filter). */
    public static GatewayExchange require(Map<String, Object> attributes) {
        return (GatewayExchange) attributes.computeIfAbsent(
                ExchangeAttributes.GATEWAY_EXCHANGE, key -> new GatewayExchange(System.nanoTime()));
    }

    /** The client behind all trusted proxies. */
    public @Nullable InetAddress clientAddress() {
        return clientAddress;
    }

    /** @param trusted whether the peer on the socket is a configured proxy, whose forwarding fields are believed */
    public void client(@Nullable InetAddress address, boolean trusted) {
        this.clientAddress = address;
        this.peerTrusted = trusted;
    }

    public boolean peerTrusted() {
        return peerTrusted;
    }

    /** 32 lower-case hex digits, or {@code null} without tracing. */
    public @Nullable String traceId() {
        return traceId;
    }

    /** The gateway's own span, 16 lower-case hex digits. */
    public @Nullable String spanId() {
        return spanId;
    }

    /** The two hex digits of the sampling flags. */
    public @Nullable String traceFlags() {
        return traceFlags;
    }

    /** Whether the caller's trace goes on, rather than one that was started here: only then does its state go with it. */
    public boolean traceContinued() {
        return traceContinued;
    }

    public void trace(String traceId, String spanId, String flags, boolean continued) {
        this.traceContinued = continued;
        this.traceId = traceId;
        this.spanId = spanId;
        this.traceFlags = flags;
    }

    public @Nullable String routeId() {
        return routeId;
    }

    public void routeId(String routeId) {
        this.routeId = routeId;
    }

    /** What was worked out for the matched route when it was loaded. */
    public @Nullable PreparedTarget target() {
        return target;
    }

    public void target(PreparedTarget target) {
        this.target = target;
    }

    /** The upstreams of the configuration that the request began with; {@code null} where another mapping matched it. */
    public @Nullable UpstreamView upstreams() {
        return upstreams;
    }

    public void upstreams(UpstreamView upstreams) {
        this.upstreams = upstreams;
    }

    /** The upstream that {@code lb://NAME} named, {@code null} where the route names an address itself. */
    public @Nullable Upstream upstream() {
        return upstream;
    }

    /** The upstream's name, or the authority of a route that names an address itself. */
    public @Nullable String upstreamName() {
        return upstreamName;
    }

    /** Where the last attempt went. */
    public @Nullable Endpoint endpoint() {
        return endpoint;
    }

    /** Notes the choice; {@code upstream} is {@code null} where the route names an address itself. */
    public void chosen(@Nullable Upstream upstream, String name, Endpoint endpoint) {
        this.upstream = upstream;
        this.upstreamName = name;
        this.endpoint = endpoint;
        this.liveEndpoint = null;
        this.selection = null;
    }

    /** Notes the choice of one of the upstream's endpoints; {@code selection} finds another if that one fails. */
    public void chosen(Upstream upstream, LiveEndpoint endpoint, Selection selection) {
        chosen(upstream, upstream.name(), endpoint.endpoint());
        this.liveEndpoint = endpoint;
        this.selection = selection;
    }

    /** Where the last attempt went, with what is known of it; {@code null} where no upstream is named. */
    public @Nullable LiveEndpoint liveEndpoint() {
        return liveEndpoint;
    }

    /** What a choice of another endpoint goes by; {@code null} where no upstream is named. */
    public @Nullable Selection selection() {
        return selection;
    }

    /** What the route's own filter says of times, {@code null} where it has none. */
    public @Nullable RouteTimeouts timeouts() {
        return timeouts;
    }

    public void timeouts(RouteTimeouts timeouts) {
        this.timeouts = timeouts;
    }

    /** The {@code Proxy-Status} error type that the gateway answered with, or {@code null}. */
    public @Nullable String failure() {
        return failure;
    }

    public void failure(@Nullable String failure) {
        this.failure = failure;
    }

    /**
     * What answers in the place of the upstream, because that failed: {@code forward}, {@code upstream} or {@code static};
     * {@code null} where nothing does.
     */
    public @Nullable String fallback() {
        return fallback;
    }

    /** The name of the upstream that the fallback stands in for; {@code null} where none had been chosen. */
    public @Nullable String failedUpstream() {
        return failedUpstream;
    }

    /**
     * Begins anew for a fallback: what the failed run has chosen is forgotten, the clock and the attempts go on.
     *
     * @param kind as {@link #fallback()} tells
     */
    public void fallBack(String kind) {
        fallback = kind;
        failedUpstream = upstreamName;
        upstream = null;
        liveEndpoint = null;
        selection = null;
        requestBytes = null;
        upstreamFirstByteNanos = 0;
    }

    /** Whether it was turned away from its upstream, because too many others were under way. */
    public boolean shed() {
        return shed;
    }

    /** The upstream's limit is reached. */
    public void onShed() {
        shed = true;
    }

    /** Whether there was a fallback that failed too. */
    public boolean fallbackFailed() {
        return fallbackFailed;
    }

    /** The fallback failed too. */
    public void onFallbackFailed() {
        fallbackFailed = true;
    }

    /** Body bytes sent upstream by the last attempt, so far. */
    public long requestBytes() {
        LongSupplier counter = requestBytes;
        return counter == null ? 0 : counter.getAsLong();
    }

    /** @param counter asked when the figure is wanted: a body may still be on its way when the response begins */
    public void requestBytes(LongSupplier counter) {
        requestBytes = counter;
    }

    /** Body bytes received from the upstream. */
    public long responseBytes() {
        return responseBytes;
    }

    public void addResponseBytes(long bytes) {
        responseBytes += bytes;
    }

    /** When the last attempt was handed to the transport. */
    public long upstreamStartNanos() {
        return upstreamStartNanos;
    }

    /** Counts an attempt and starts its clock. */
    public void attemptStarted(long now) {
        attempts++;
        upstreamStartNanos = now;
        upstreamFirstByteNanos = 0;
        upstreamEndNanos = 0;
    }

    public long upstreamFirstByteNanos() {
        return upstreamFirstByteNanos;
    }

    public void upstreamFirstByte(long now) {
        upstreamFirstByteNanos = now;
    }

    public long upstreamEndNanos() {
        return upstreamEndNanos;
    }

    public void upstreamEnd(long now) {
        upstreamEndNanos = now;
    }

    /** How often the request was sent, or begun to be sent, upstream. */
    public int attempts() {
        return attempts;
    }
}
