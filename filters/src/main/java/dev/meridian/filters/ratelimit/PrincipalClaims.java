package dev.meridian.filters.ratelimit;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Tells what has been vouched for of whoever asks. A bean of this type makes {@code claim:NAME} work with an authentication
 * that the gateway does not know. Must be thread-safe and must not block.
 */
@FunctionalInterface
public interface PrincipalClaims {

    /** The claim's value as text, {@code null} where there is none. Only verified ones: what is not can be made up. */
    @Nullable
    String claim(Principal principal, String name);
}
