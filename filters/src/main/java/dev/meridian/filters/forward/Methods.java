package dev.meridian.filters.forward;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;

/** What RFC 9110 §9.2 says of methods. */
final class Methods {

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private Methods() {}

    static boolean idempotent(HttpMethod method) {
        return IDEMPOTENT.contains(method.name());
    }
}
