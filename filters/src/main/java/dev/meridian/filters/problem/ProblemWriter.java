package dev.meridian.filters.problem;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The one writer of the gateway's own answers. */
public final class ProblemWriter {

    /** How this gateway calls itself in {@code Proxy-Status} and {@code Via}. */
    public static final String GATEWAY_NAME = "meridian";

    private static final MediaType PROBLEM = MediaType.parseMediaType(ProblemJson.MEDIA_TYPE);
    private static final String RETRY_AFTER_SECONDS = "1";

    private static final List<String> OF_ANOTHER_BODY = List.of(
            HttpHeaders.ACCEPT_RANGES,
            HttpHeaders.AGE,
            HttpHeaders.CONTENT_DISPOSITION,
            HttpHeaders.CONTENT_ENCODING,
            HttpHeaders.CONTENT_LANGUAGE,
            HttpHeaders.CONTENT_LOCATION,
            HttpHeaders.CONTENT_RANGE,
            HttpHeaders.ETAG,
            HttpHeaders.EXPIRES,
            HttpHeaders.LAST_MODIFIED,
            HttpHeaders.TRAILER,
            HttpHeaders.TRANSFER_ENCODING);

    private ProblemWriter() {}

    /** Answers with the failure; {@code detail} is what the client may read about it. */
    public static Mono<Void> write(ServerWebExchange exchange, Failure failure, String detail) {
        return write(exchange, failure, HttpStatusCode.valueOf(failure.status()), detail);
    }

    /** The same, with another status than the failure's own. */
    public static Mono<Void> write(ServerWebExchange exchange, Failure failure, HttpStatusCode status, String detail) {
        GatewayExchange.require(exchange.getAttributes()).failure(failure.proxyError());
        ServerHttpResponse response = exchange.getResponse();
        if (failure.status() >= 500) {
            int attempts = GatewayExchange.require(exchange.getAttributes()).attempts();
            response.getHeaders()
                    .set(
                            HeaderNames.PROXY_STATUS.toString(),
                            proxyStatus(failure.proxyError(), failure.proxyDetails(), attempts));
        }
        String type = "urn:meridian:problem:"
                + failure.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        return write(exchange, status, type, failure.title(), detail);
    }

    /** Answers with a body that somebody else has written, in the failure's place. */
    public static Mono<Void> writeOwn(
            ServerWebExchange exchange, Failure failure, HttpStatusCode status, MediaType type, byte[] body) {
        GatewayExchange.require(exchange.getAttributes()).failure(failure.proxyError());
        return write(exchange, status, type, body);
    }

    /**
     * What the gateway says of itself in {@code Proxy-Status} (RFC 9209 §2).
     *
     * @param error {@code null} where it passes an answer on
     * @param details what the error's name does not tell
     * @param attempts how often the request was sent, told where that was more than once
     */
    public static String proxyStatus(@Nullable String error, @Nullable String details, int attempts) {
        StringBuilder status = new StringBuilder(GATEWAY_NAME);
        if (error != null) {
            status.append("; error=").append(error);
        }
        if (details != null || attempts > 1) {
            status.append("; details=\"");
            status.append(details == null ? "" : details);
            status.append(details != null && attempts > 1 ? ", " : "");
            status.append(attempts > 1 ? attempts + " attempts" : "").append('"');
        }
        return status.toString();
    }

    /** Answers with a status that has no failure of ours behind it, as a 404 where no route matched. */
    public static Mono<Void> write(ServerWebExchange exchange, HttpStatusCode status, String title, String detail) {
        return write(exchange, status, "about:blank", title, detail);
    }

    private static Mono<Void> write(
            ServerWebExchange exchange, HttpStatusCode status, String type, String title, @Nullable String detail) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        byte[] body = ProblemJson.render(
                type,
                title,
                status.value(),
                detail,
                exchange.getRequest().getURI().getRawPath(),
                own.traceId());
        return write(exchange, status, PROBLEM, body);
    }

    private static Mono<Void> write(ServerWebExchange exchange, HttpStatusCode status, MediaType type, byte[] body) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(status);
        HttpHeaders headers = response.getHeaders();
        // What a half-handled response may have left behind describes another body.
        OF_ANOTHER_BODY.forEach(headers::remove);
        headers.setContentType(type);
        headers.setCacheControl("no-store");
        if (hasBody(exchange.getRequest().getHeaders())) {
            // It may not have been read, so that nobody knows where the next request on the connection would begin.
            headers.set(HttpHeaders.CONNECTION, "close");
        }
        if (status.value() == 503 && headers.getFirst(HttpHeaders.RETRY_AFTER) == null) {
            headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        headers.setContentLength(body.length);
        return response.writeWith(
                Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    private static boolean hasBody(HttpHeaders request) {
        return request.getFirst(HttpHeaders.TRANSFER_ENCODING) != null || request.getContentLength() > 0;
    }
}
