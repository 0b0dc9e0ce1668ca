package dev.meridian.routes.balance;

import dev.meridian.routes.definition.HashKey;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.hash.Hashes;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.SelectionSettings;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** What a choice needs to know of an exchange, looked up when it is asked for. */
final class ExchangeSelection extends Selection {

    private final ServerWebExchange exchange;
    private final GatewayExchange own;
    private final SelectionSettings settings;
    private final ClientLocator locator;

    ExchangeSelection(
            ServerWebExchange exchange, GatewayExchange own, SelectionSettings settings, ClientLocator locator) {
        this.exchange = exchange;
        this.own = own;
        this.settings = settings;
        this.locator = locator;
    }

    @Override
    public @Nullable GeoPoint clientLocation() {
        return locator.locate(
                own.clientAddress(), own.peerTrusted(), exchange.getRequest().getHeaders()::getFirst);
    }

    /** A request without the key is hashed by its client: it belongs somewhere, and not all of them to one place. */
    @Override
    public long keyHash() {
        String key = key(settings.hashOn());
        InetAddress client = own.clientAddress();
        return Hashes.of(key != null ? key : client == null ? "" : client.getHostAddress());
    }

    private @Nullable String key(HashKey from) {
        ServerHttpRequest request = exchange.getRequest();
        String name = from.name() == null ? "" : from.name();
        return switch (from.source()) {
            case CLIENT_IP -> null;
            case PATH -> request.getURI().getRawPath();
            case HEADER -> request.getHeaders().getFirst(name);
            case QUERY -> request.getQueryParams().getFirst(name);
            case COOKIE -> {
                HttpCookie cookie = request.getCookies().getFirst(name);
                yield cookie == null ? null : cookie.getValue();
            }
        };
    }
}
