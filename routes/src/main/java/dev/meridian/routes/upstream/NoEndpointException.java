package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.HealthCheckDefinition;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** No endpoint of the upstream can take the request; answered 503 with {@code Retry-After}. */
public final class NoEndpointException extends ResponseStatusException {

    private static final long serialVersionUID = 1L;

    private final long retryAfterSeconds;

    /** @param selection what has kept each endpoint from being chosen */
    public NoEndpointException(Upstream upstream, Selection selection) {
        super(HttpStatus.SERVICE_UNAVAILABLE, reason(selection));
        this.retryAfterSeconds = Math.max(1, (retryAfterMillis(upstream, selection) + 999) / 1000);
    }

    private static String reason(Selection selection) {
        if (selection.overCapacity()) {
            return "All regions carry as much as they can";
        }
        return selection.broken() ? "The circuit breaker is open" : "No endpoint is available";
    }

    /** When something may have changed at the earliest. */
    private static long retryAfterMillis(Upstream upstream, Selection selection) {
        if (selection.overCapacity()) {
            return 0;
        }
        if (selection.broken()) {
            return upstream.regions().stream()
                    .flatMap(region -> Stream.concat(
                            Stream.of(Optional.ofNullable(region.state().breaker())),
                            region.endpoints().stream()
                                    .map(endpoint ->
                                            Optional.ofNullable(endpoint.state().breaker()))))
                    .flatMap(Optional::stream)
                    .mapToLong(breaker -> breaker.view().remainingMillis())
                    .min()
                    .orElse(0);
        }
        HealthCheckDefinition check = upstream.settings().healthCheck();
        return check == null ? 0 : check.interval().toMillis();
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds));
        return headers;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // an everyday event where a whole upstream is down
    }
}
