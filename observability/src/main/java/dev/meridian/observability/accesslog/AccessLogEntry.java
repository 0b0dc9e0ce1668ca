package dev.meridian.observability.accesslog;

import dev.meridian.observability.exchange.ExchangeEnding;
import dev.meridian.routes.upstream.Endpoint;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one line says. Holds values alone, nothing of the exchange; {@code null} or -1 where there is nothing to say.
 *
 * @param timeMillis when the request came, since 1970
 * @param client behind all trusted proxies
 * @param path as the client sent it
 * @param query without the question mark
 * @param protocol {@code HTTP/1.1} or {@code HTTP/2.0}
 * @param status what the client saw; 499 where it went away before any answer
 * @param requestBytes body bytes sent upstream
 * @param responseBytes body bytes received from the upstream, or of the gateway's own answer
 * @param durationMicros from the request's head to the end
 * @param gatewayMicros what of that was not the upstream's
 * @param upstreamMicros the last attempt, to the last byte of its answer
 * @param firstByteMicros the last attempt, to the first byte of its answer
 * @param endpoint where the last attempt went
 * @param attempts how often the request was sent upstream
 * @param failure the error type of {@code Proxy-Status}
 * @param fallback what answered in the place of the upstream: {@code forward}, {@code upstream} or {@code static}
 */
record AccessLogEntry(
        long timeMillis,
        @Nullable InetAddress client,
        String method,
        String path,
        @Nullable String query,
        @Nullable String protocol,
        int status,
        ExchangeEnding ending,
        long requestBytes,
        long responseBytes,
        long durationMicros,
        long gatewayMicros,
        long upstreamMicros,
        long firstByteMicros,
        @Nullable String route,
        @Nullable String upstream,
        @Nullable Endpoint endpoint,
        int attempts,
        @Nullable String failure,
        @Nullable String fallback,
        @Nullable String traceId,
        @Nullable String userAgent) {}
