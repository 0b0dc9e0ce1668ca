package dev.meridian.filters.client;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.ConnectionInfo;

/**
 * Puts what trusted proxies say in the place of what the socket says, before the request reaches any handler: so
 * predicates, limits and logs all see the same client. {@code Forwarded} is preferred to {@code X-Forwarded-*}.
 */
final class ForwardedConnectionInfo implements BiFunction<ConnectionInfo, HttpRequest, ConnectionInfo> {

    private final TrustedProxies trusted;

    ForwardedConnectionInfo(TrustedProxies trusted) {
        this.trusted = trusted;
    }

    @Override
    public ConnectionInfo apply(ConnectionInfo info, HttpRequest request) {
        InetSocketAddress peer = info.getRemoteAddress();
        if (peer == null || !trusted.contains(peer.getAddress())) {
            return info;
        }
        HttpHeaders headers = request.headers();
        List<String> forwarded = headers.getAll("forwarded");
        List<@Nullable InetAddress> hops = forwarded.isEmpty()
                ? ForwardedFor.xForwardedFor(headers.getAll("x-forwarded-for"))
                : ForwardedFor.forwarded(forwarded);
        InetAddress client = trusted.client(peer.getAddress(), hops);
        ConnectionInfo result = info;
        if (!client.equals(peer.getAddress())) {
            result = result.withRemoteAddress(new InetSocketAddress(client, 0));
        }
        String proto =
                forwarded.isEmpty() ? first(headers.get("x-forwarded-proto")) : ForwardedFor.proto(forwarded, client);
        if (proto != null && ("https".equalsIgnoreCase(proto) || "http".equalsIgnoreCase(proto))) {
            result = result.withScheme(proto.toLowerCase(Locale.ROOT));
        }
        return result;
    }

    /** Of a list, what the proxy nearest to the client said. */
    private static @Nullable String first(@Nullable String list) {
        int comma = list == null ? -1 : list.indexOf(',');
        return list == null || comma < 0 ? list : list.substring(0, comma).trim();
    }
}
