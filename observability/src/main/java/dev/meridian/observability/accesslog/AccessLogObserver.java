package dev.meridian.observability.accesslog;

import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.observability.exchange.ExchangeObserver;
import dev.meridian.routes.exchange.GatewayExchange;
import java.time.InstantSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Makes an entry of each exchange and hands it to the writer. */
final class AccessLogObserver implements ExchangeObserver {

    private final AccessLogWriter writer;
    private final ExcludedPaths excluded;
    private final boolean query;
    private final boolean userAgent;
    private final InstantSource clock;

    AccessLogObserver(AccessLogWriter writer, AccessLogProperties settings, InstantSource clock) {
        this.writer = writer;
        this.excluded = new ExcludedPaths(settings.excludePaths());
        this.query = settings.query();
        this.userAgent = settings.userAgent();
        this.clock = clock;
    }

    @Override
    public void onEnd(ExchangeEnd end) {
        String path = end.exchange().getRequest().getPath().value();
        if (!excluded.contains(path)) {
            writer.offer(entry(end, path));
        }
    }

    private AccessLogEntry entry(ExchangeEnd end, String path) {
        ServerHttpRequest request = end.exchange().getRequest();
        GatewayExchange gateway = end.gateway();
        long duration = end.durationNanos();
        return new AccessLogEntry(
                clock.millis() - duration / 1_000_000,
                gateway.clientAddress(),
                request.getMethod().name(),
                path,
                query ? request.getURI().getRawQuery() : null,
                end.protocol(),
                end.status(),
                end.ending(),
                gateway.requestBytes(),
                responseBytes(end, gateway),
                duration / 1000,
                micros(end.gatewayNanos()),
                micros(end.upstreamNanos()),
                micros(end.firstByteNanos()),
                end.routeId(),
                gateway.upstreamName(),
                gateway.endpoint(),
                gateway.attempts(),
                end.failure(),
                gateway.fallback(),
                gateway.traceId(),
                userAgent ? request.getHeaders().getFirst(HttpHeaders.USER_AGENT) : null);
    }

    private static long micros(long nanos) {
        return nanos < 0 ? -1 : nanos / 1000;
    }

    /** Of the gateway's own answers, whose bodies nobody counts, the length that they say they have. */
    private static long responseBytes(ExchangeEnd end, GatewayExchange gateway) {
        long counted = gateway.responseBytes();
        int status = end.status();
        if (counted > 0
                || gateway.upstreamFirstByteNanos() != 0 && end.failure() == null
                || !end.exchange().getResponse().isCommitted()
                || status == 204
                || status == 304
                || end.exchange().getRequest().getMethod() == HttpMethod.HEAD) {
            return counted;
        }
        return Math.max(0, end.exchange().getResponse().getHeaders().getContentLength());
    }
}
