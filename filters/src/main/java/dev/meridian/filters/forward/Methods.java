package dev.meridian.filters.forward;

import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.exchange.HeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What RFC 9110 §9.2 says of methods. */
final class Methods {

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private Methods() {}

    static boolean idempotent(HttpMethod method) {
        return IDEMPOTENT.contains(method.name());
    }

    /** Whether a request may be acted on twice: by its method, or because its client vouches for it and is believed. */
    static boolean idempotent(HttpMethod method, HttpHeaders fields, RetryDefinition settings) {
        return idempotent(method) || settings.idempotencyKey() && hasText(fields.get(HeaderNames.IDEMPOTENCY_KEY));
    }

    private static boolean hasText(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
