package dev.meridian.routes.canary;

import dev.meridian.routes.exchange.GatewayExchange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpCookie;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * Chooses a route in each weighted group that an exchange comes across, and tells the stock {@code Weight} predicates: by
 * chance, or where the group has a key, by that. Thread-safe.
 */
public final class Canary {

    private static final Logger log = LoggerFactory.getLogger(Canary.class);
    private static final Duration COOKIE_AGE = Duration.ofDays(30);
    private static final int ID_LENGTH = 32;

    private final Map<String, CanaryKey> keys;
    private final RandomGenerator random;
    private volatile @Nullable Function<ServerWebExchange, Double> chance;
    private volatile Set<String> unused = Set.of();

    /**
     * @param keys by the names of groups; the others choose by chance
     * @param random may be asked by many threads at a time
     */
    public Canary(Map<String, CanaryKey> keys, RandomGenerator random) {
        this.keys = Map.copyOf(keys);
        this.random = random;
    }

    /** Lets an application say what chance is, as stock does. */
    void chance(Function<ServerWebExchange, Double> function) {
        chance = function;
    }

    /** Warns, once each, of keys for groups that no route is in. */
    public void check(WeightedGroups groups) {
        Set<String> before = unused;
        Set<String> now = new TreeSet<>(keys.keySet());
        now.removeAll(groups.names());
        unused = now;
        for (String group : now) {
            if (!before.contains(group)) {
                log.warn("meridian.canary.{} has no effect: no route has a weight above 0 in that group", group);
            }
        }
    }

    /** Puts the choices where the stock predicate looks for them; they are made when it does. */
    public void offer(ServerWebExchange exchange, WeightedGroups groups) {
        Object there = exchange.getAttributes().get(ServerWebExchangeUtils.WEIGHT_ATTR);
        if (!(there instanceof ChosenRoutes known && known.isOf(groups))) {
            exchange.getAttributes()
                    .put(ServerWebExchangeUtils.WEIGHT_ATTR, new ChosenRoutes(this, groups, exchange, given(there)));
        }
    }

    @SuppressWarnings("unchecked") // that is what the attribute holds
    private static @Nullable Map<String, String> given(@Nullable Object there) {
        return there instanceof ChosenRoutes known ? known.given() : (Map<String, String>) there;
    }

    /** Gives the client the id by which its route was chosen, where it had none. */
    public void matched(ServerWebExchange exchange, List<RouteWeight> weights) {
        if (exchange.getAttributes().get(ServerWebExchangeUtils.WEIGHT_ATTR) instanceof ChosenRoutes chosen) {
            String id = chosen.newId();
            if (id != null && weights.stream().anyMatch(weight -> isByOwnCookie(weight.group()))) {
                exchange.getResponse().addCookie(cookie(id, exchange.getRequest()));
            }
        }
    }

    private boolean isByOwnCookie(String group) {
        CanaryKey key = keys.get(group);
        return key != null && key.source() == CanaryKey.Source.OWN_COOKIE;
    }

    private static ResponseCookie cookie(String id, ServerHttpRequest request) {
        return ResponseCookie.from(CanaryKey.OWN_COOKIE, id)
                .path("/")
                .httpOnly(true)
                .sameSite("Lax")
                .secure("https".equalsIgnoreCase(request.getURI().getScheme()))
                .maxAge(COOKIE_AGE)
                .build();
    }

    String choose(String name, WeightedGroup group, ServerWebExchange exchange, ChosenRoutes chosen) {
        CanaryKey by = keys.get(name);
        if (by != null) {
            return group.of(key(by, exchange, chosen));
        }
        Function<ServerWebExchange, Double> own = chance;
        return group.at(own == null ? random.nextDouble() : own.apply(exchange));
    }

    /** A request without the header or cookie is known by its client's address. */
    private String key(CanaryKey by, ServerWebExchange exchange, ChosenRoutes chosen) {
        ServerHttpRequest request = exchange.getRequest();
        String name = by.name() == null ? "" : by.name();
        String key = switch (by.source()) {
            case CLIENT_IP -> null;
            case HEADER -> request.getHeaders().getFirst(name);
            case COOKIE -> {
                HttpCookie cookie = request.getCookies().getFirst(name);
                yield cookie == null ? null : cookie.getValue();
            }
            case OWN_COOKIE -> id(request, chosen);
        };
        return key == null || key.isEmpty() ? client(exchange) : key;
    }

    private String id(ServerHttpRequest request, ChosenRoutes chosen) {
        for (HttpCookie cookie : request.getCookies().getOrDefault(CanaryKey.OWN_COOKIE, List.of())) {
            if (isId(cookie.getValue())) {
                return cookie.getValue();
            }
        }
        String id = chosen.newId();
        if (id == null) {
            HexFormat hex = HexFormat.of();
            id = hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
            chosen.newId(id);
        }
        return id;
    }

    private static boolean isId(String text) {
        if (text.length() != ID_LENGTH) {
            return false;
        }
        for (int i = 0; i < ID_LENGTH; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static String client(ServerWebExchange exchange) {
        GatewayExchange own = GatewayExchange.of(exchange.getAttributes());
        InetAddress address = own == null ? null : own.clientAddress();
        if (address == null) {
            InetSocketAddress remote = exchange.getRequest().getRemoteAddress();
            address = remote == null ? null : remote.getAddress();
        }
        return address == null ? "" : address.getHostAddress();
    }
}
