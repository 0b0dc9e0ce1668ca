package dev.meridian.filters.ratelimit;

import dev.meridian.routes.exchange.GatewayExchange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** Finds out what a request counts for. Thread-safe. */
final class KeyReader {

    private static final Pattern PORT = Pattern.compile(":[0-9]*$");

    private final PrincipalClaims claims;

    KeyReader(PrincipalClaims claims) {
        this.claims = claims;
    }

    /**
     * The key, {@code null} where the request has none.
     *
     * @param principal who asks, {@code null} where that is not known
     */
    @Nullable
    LimitKey read(Policy policy, ServerWebExchange exchange, @Nullable Principal principal) {
        List<KeySource> sources = policy.definition().key();
        InetAddress client = client(exchange);
        if (sources.size() == 1) {
            String value = value(policy, sources.get(0), exchange, client, principal);
            return value == null ? null : key(policy, List.of(value), client);
        }
        List<String> parts = new ArrayList<>(sources.size());
        for (KeySource source : sources) {
            String value = value(policy, source, exchange, client, principal);
            if (value == null) {
                return null;
            }
            parts.add(value);
        }
        return key(policy, parts, client);
    }

    /** The client's address in the place of a key that is missing. Never the same as a key of the policy's own. */
    LimitKey otherwise(Policy policy, ServerWebExchange exchange) {
        InetAddress client = client(exchange);
        String address = address(client, policy.definition().ipv6Prefix());
        return new LimitKey(KeyText.SEPARATOR + KeyText.of(address, policy.privacy()), policy.limits());
    }

    private static LimitKey key(Policy policy, List<String> parts, @Nullable InetAddress client) {
        Limits limits = policy.overrides().isEmpty() ? policy.limits() : policy.limits(parts, client);
        return new LimitKey(KeyText.of(parts, policy.privacy()), limits);
    }

    static @Nullable InetAddress client(ServerWebExchange exchange) {
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        if (own != null) {
            return own.clientAddress();
        }
        InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
        return remote == null ? null : remote.getAddress();
    }

    private @Nullable String value(
            Policy policy,
            KeySource source,
            ServerWebExchange exchange,
            @Nullable InetAddress client,
            @Nullable Principal principal) {
        ServerHttpRequest request = exchange.getRequest();
        String name = source.name() == null ? "" : source.name();
        String value = switch (source.kind()) {
            case CLIENT_IP -> address(client, policy.definition().ipv6Prefix());
            case HEADER -> request.getHeaders().getFirst(name);
            case QUERY -> request.getQueryParams().getFirst(name);
            case COOKIE -> {
                HttpCookie cookie = request.getCookies().getFirst(name);
                yield cookie == null ? null : cookie.getValue();
            }
            case PRINCIPAL -> principal == null ? null : principal.getName();
            case CLAIM -> principal == null ? null : claims.claim(principal, name);
            case ROUTE -> route(exchange);
            case HOST -> host(request);
            case PATH -> request.getURI().getPath();
        };
        return value == null || value.isEmpty() ? null : value;
    }

    private static @Nullable String route(ServerWebExchange exchange) {
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        return own == null ? null : own.routeId();
    }

    private static @Nullable String host(ServerHttpRequest request) {
        String host = request.getURI().getHost();
        if (host == null) {
            // A name that Java finds no host in, as one with an underscore.
            String authority = request.getURI().getAuthority();
            host = authority == null ? null : PORT.matcher(authority).replaceFirst("");
        }
        return host == null ? null : host.toLowerCase(Locale.ROOT);
    }

    /** Whole IPv4 addresses; of IPv6 the part that a provider gives to one customer. */
    static String address(@Nullable InetAddress client, int ipv6Prefix) {
        if (client == null) {
            return "unknown";
        }
        if (!(client instanceof Inet6Address) || ipv6Prefix == 128) {
            return client.getHostAddress();
        }
        byte[] bytes = client.getAddress();
        for (int bit = ipv6Prefix; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/" + ipv6Prefix;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of another length", e);
        }
    }
}
