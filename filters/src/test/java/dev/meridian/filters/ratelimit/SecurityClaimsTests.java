package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;

class SecurityClaimsTests {

    private final SecurityClaims claims = new SecurityClaims();

    @Test
    void readsAToken() {
        ClaimAccessor token = () -> Map.of("tenant", "acme", "level", 3, "groups", List.of("a", "b"));
        Principal asking = new TestingAuthenticationToken(token, "n/a");

        assertThat(claims.claim(asking, "tenant")).isEqualTo("acme");
        assertThat(claims.claim(asking, "level")).isEqualTo("3");
        assertThat(claims.claim(asking, "groups")).as("no list is a key").isNull();
        assertThat(claims.claim(asking, "missing")).isNull();
    }

    @Test
    void readsWhatATokenWasIntrospectedFor() {
        Principal asking = new TestingAuthenticationToken(
                new DefaultOAuth2AuthenticatedPrincipal(Map.of("tenant", "acme"), AuthorityUtils.NO_AUTHORITIES),
                "n/a");

        assertThat(claims.claim(asking, "tenant")).isEqualTo("acme");
    }

    @Test
    void knowsNoClaimsOfAnyOther() {
        assertThat(claims.claim(new TestingAuthenticationToken("user", "n/a"), "tenant"))
                .isNull();
        assertThat(claims.claim(() -> "user", "name")).isNull();
    }
}
