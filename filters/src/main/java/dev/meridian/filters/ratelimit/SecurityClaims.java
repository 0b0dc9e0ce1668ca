package dev.meridian.filters.ratelimit;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;

/** Claims of a token that Spring Security has verified. */
final class SecurityClaims implements PrincipalClaims {

    @Override
    public @Nullable String claim(Principal principal, String name) {
        Object who = principal instanceof Authentication authentication ? authentication.getPrincipal() : principal;
        Object value = null;
        if (who instanceof ClaimAccessor token) {
            value = token.getClaims().get(name);
        } else if (who instanceof OAuth2AuthenticatedPrincipal introspected) {
            value = introspected.getAttribute(name);
        }
        return value instanceof String || value instanceof Number || value instanceof Boolean ? value.toString() : null;
    }
}
