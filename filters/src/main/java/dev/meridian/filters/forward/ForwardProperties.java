package dev.meridian.filters.forward;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meridian.forward}: what the gateway adds to a request on its way to the upstream. Spring Cloud
 * Gateway's own switches of the first two count as well: each is sent where neither says no.
 *
 * @param xForwarded whether {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port} are sent,
 *     and {@code -Prefix} where a filter took off a prefix; default true
 * @param forwarded whether {@code Forwarded} (RFC 7239) is sent; default true
 * @param via this gateway's pseudonym in {@code Via} (RFC 9110 §7.6.3); empty for no {@code Via}; default {@code meridian}
 */
public record ForwardProperties(
        @DefaultValue("true") boolean xForwarded,
        @DefaultValue("true") boolean forwarded,
        @DefaultValue("meridian") String via) {}
