package dev.meridian.filters.forward;

import dev.meridian.filters.trace.TraceContext;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes the header of the request that goes upstream, in one pass over the client's: drops what ends here, replaces what
 * the gateway knows better, and keeps the rest as it is and in its order.
 */
final class RequestHeaders {

    /**
     * What of the client's request decides about the header, besides its fields.
     *
     * @param host the client's {@code Host}
     * @param scheme the client's, {@code http} or {@code https}
     * @param port that the client asked for
     * @param http2 whether the client speaks HTTP/2
     * @param strippedPrefix what filters took off the path, or {@code null}
     */
    record Client(
            @Nullable String host,
            String scheme,
            int port,
            @Nullable PeerFields peer,
            @Nullable String strippedPrefix,
            boolean http2) {}

    private final ForwardProperties settings;
    private final StockSwitches stock;
    private final @Nullable String via1;
    private final @Nullable String via2;

    RequestHeaders(ForwardProperties settings, StockSwitches stock) {
        this.settings = settings;
        this.stock = stock;
        this.via1 = settings.via().isBlank() ? null : "1.1 " + settings.via();
        this.via2 = settings.via().isBlank() ? null : "2.0 " + settings.via();
    }

    /**
     * @param in the client's fields, as received or as filters left them
     * @param checked whether {@code in} came out of the decoder, so that its names and values are known to be valid
     * @param authority the {@code Host} to send
     */
    HttpHeaders write(
            HttpHeaders in, boolean checked, String authority, Client client, GatewayExchange exchange, boolean http2) {
        HttpHeaders out = checked
                ? DefaultHttpHeadersFactory.headersFactory()
                        .withValidation(false)
                        .newEmptyHeaders()
                : DefaultHttpHeadersFactory.headersFactory().newHeaders();
        out.add(HeaderNames.HOST, authority);
        Set<String> listed = HopByHop.listed(in);
        boolean trusted = exchange.peerTrusted();
        for (Iterator<Map.Entry<CharSequence, CharSequence>> all = in.iteratorCharSequence(); all.hasNext(); ) {
            Map.Entry<CharSequence, CharSequence> field = all.next();
            CharSequence name = field.getKey();
            if (HopByHop.isHopByHop(name)
                    || HopByHop.isRewritten(name)
                    || stock.removes(name)
                    || !exchange.traceContinued() && HeaderNames.TRACESTATE.contentEqualsIgnoreCase(name)
                    || (!listed.isEmpty() && listed.contains(name.toString().toLowerCase(Locale.ROOT)))
                    || name.length() > 8 && isPseudo(name)) {
                continue;
            }
            out.add(name, field.getValue());
        }
        if (http2 && in.containsValue(HeaderNames.TE, "trailers", true)) {
            out.add(HeaderNames.TE, "trailers"); // the one value that HTTP/2 allows (RFC 9113 §8.2.2); gRPC needs it
        }
        addForwarding(in, out, client, trusted);
        if (via1 != null && via2 != null) {
            String own = client.http2() ? via2 : via1;
            String before = join(in, HeaderNames.VIA);
            out.add(HeaderNames.VIA, before == null ? own : before + ", " + own);
        }
        addTrace(out, exchange);
        return out;
    }

    Set<String> removedBesides(Set<String> names) {
        if (stock.removed().isEmpty()) {
            return names;
        }
        Set<String> all = new HashSet<>(names);
        all.addAll(stock.removed());
        return all;
    }

    private void addForwarding(HttpHeaders in, HttpHeaders out, Client client, boolean trusted) {
        PeerFields peer = client.peer();
        if (settings.xForwarded() && stock.xForwarded()) {
            if (peer != null && stock.xFor()) {
                String before = trusted ? join(in, HeaderNames.X_FORWARDED_FOR) : null;
                out.add(HeaderNames.X_FORWARDED_FOR, before == null ? peer.address() : before + ", " + peer.address());
            }
            if (stock.xProto()) {
                keepOrSet(in, out, HeaderNames.X_FORWARDED_PROTO, client.scheme(), trusted);
            }
            if (client.host() != null && stock.xHost()) {
                keepOrSet(in, out, HeaderNames.X_FORWARDED_HOST, client.host(), trusted);
            }
            if (stock.xPort()) {
                keepOrSet(in, out, HeaderNames.X_FORWARDED_PORT, Ports.text(client.port()), trusted);
            }
            String before = trusted ? in.get(HeaderNames.X_FORWARDED_PREFIX) : null;
            String prefix = client.strippedPrefix();
            if (stock.xPrefix() && (before != null || prefix != null)) {
                out.add(
                        HeaderNames.X_FORWARDED_PREFIX,
                        (before == null ? "" : before) + (prefix == null ? "" : prefix));
            }
        }
        if (settings.forwarded() && stock.forwarded() && peer != null) {
            StringBuilder element = new StringBuilder(96);
            String before = trusted ? join(in, HeaderNames.FORWARDED) : null;
            if (before != null) {
                element.append(before).append(", ");
            }
            element.append("for=").append(peer.node());
            if (client.host() != null) {
                element.append(";host=").append(quoteIfNeeded(client.host()));
            }
            out.add(
                    HeaderNames.FORWARDED,
                    element.append(";proto=").append(client.scheme()).toString());
        }
    }

    private static void addTrace(HttpHeaders out, GatewayExchange exchange) {
        String trace = exchange.traceId();
        String span = exchange.spanId();
        String flags = exchange.traceFlags();
        if (trace != null && span != null && flags != null) {
            out.add(HeaderNames.TRACEPARENT, TraceContext.traceparent(trace, span, flags));
        }
    }

    /** Fields that the HTTP/2 codec of the server leaves behind for its own use. */
    private static boolean isPseudo(CharSequence name) {
        return name.length() <= 33
                && (name.charAt(0) == 'x' || name.charAt(0) == 'X')
                && name.toString().toLowerCase(Locale.ROOT).startsWith("x-http2-");
    }

    private static void keepOrSet(HttpHeaders in, HttpHeaders out, CharSequence name, String value, boolean trusted) {
        String before = trusted ? in.get(name) : null;
        out.add(name, before == null ? value : before);
    }

    private static @Nullable String join(HttpHeaders in, CharSequence name) {
        var values = in.getAll(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    /** What is no token is quoted (RFC 7239 §4), so that a client's {@code Host} cannot add a pair of its own. */
    private static String quoteIfNeeded(String host) {
        boolean token = !host.isEmpty();
        for (int i = 0; i < host.length() && token; i++) {
            char c = host.charAt(i);
            token = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
        }
        return token ? host : '"' + host.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** What filters took off the front of the path: the original's beginning, where the rest is what is sent. */
    static @Nullable String strippedPrefix(@Nullable URI original, String path) {
        if (original == null) {
            return null;
        }
        String before = original.getRawPath();
        if (before == null || before.length() <= path.length() || !before.endsWith(path)) {
            return null;
        }
        return before.substring(0, before.length() - path.length());
    }

    private static final class Ports {

        static String text(int port) {
            return port == 80 ? "80" : port == 443 ? "443" : Integer.toString(port);
        }
    }
}
