package dev.meridian.observability.exchange;

import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.netty.http.server.HttpServerRequest;

/** What only the server knows of a request. */
final class NativeRequest {

    private NativeRequest() {}

    /** {@code HTTP/1.1} or {@code HTTP/2.0}; {@code null} where the server is not Reactor Netty. */
    static @Nullable String protocol(ServerHttpRequest request) {
        return of(request) instanceof HttpServerRequest server ? server.protocol() : null;
    }

    private static @Nullable Object of(ServerHttpRequest request) {
        try {
            return request instanceof AbstractServerHttpRequest holder ? holder.getNativeRequest() : null;
        } catch (IllegalStateException e) {
            return null; // a mock without a server behind it
        }
    }
}
