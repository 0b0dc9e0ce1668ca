package dev.meridian.filters.fallback;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.problem.OverloadException;
import dev.meridian.routes.upstream.NoEndpointException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.web.server.ResponseStatusException;

/** Which errors a fallback is for: those that are the upstream's, or say that it is not to be asked. */
final class FailureKind {

    private FailureKind() {}

    /** The {@code Proxy-Status} error of it; {@code null} for what is the client's, or a fault of the gateway. */
    static @Nullable String of(Throwable error) {
        if (error instanceof GatewayException own) {
            return kind(own.failure());
        } else if (error instanceof OverloadException shed) {
            // Another route is the gateway's as well: to shed means to do less.
            return kind(shed.failure());
        } else if (error instanceof NoEndpointException || error instanceof NotFoundException) {
            return Failure.DESTINATION_UNAVAILABLE.proxyError();
        } else if (error instanceof TimeoutException || error.getCause() instanceof TimeoutException) {
            return Failure.HTTP_RESPONSE_TIMEOUT.proxyError();
        } else if (error instanceof ResponseStatusException said) {
            // Stock filters say it so: CircuitBreaker that is open, or without an answer in time.
            return switch (said.getStatusCode().value()) {
                case 502, 503 -> Failure.DESTINATION_UNAVAILABLE.proxyError();
                case 504 -> Failure.HTTP_RESPONSE_TIMEOUT.proxyError();
                default -> null;
            };
        }
        return null;
    }

    private static @Nullable String kind(Failure failure) {
        return failure.isUpstreams() ? failure.proxyError() : null;
    }
}
