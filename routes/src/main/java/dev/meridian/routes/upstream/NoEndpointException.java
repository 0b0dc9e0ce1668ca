package dev.meridian.routes.upstream;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** No endpoint of the upstream can take the request; answered 503 with {@code Retry-After}. */
public final class NoEndpointException extends ResponseStatusException {

    private static final long serialVersionUID = 1L;

    private final long retryAfterSeconds;

    /** @param overCapacity whether there are endpoints, but all regions carry what they can */
    public NoEndpointException(Upstream upstream, boolean overCapacity) {
        super(
                HttpStatus.SERVICE_UNAVAILABLE,
                overCapacity ? "All regions carry as much as they can" : "No endpoint is available");
        this.retryAfterSeconds = overCapacity || upstream.settings().healthCheck() == null
                ? 1
                : Math.max(1, (upstream.settings().healthCheck().interval().toMillis() + 999) / 1000);
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
