package dev.meridian.routes.explain;

import java.net.InetAddress;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import reactor.core.publisher.Mono;

/** A request that is only talked about, as far as the explanation has followed it. Confined to one explanation. */
public final class ExplainedRequest {

    private final InetAddress peer;
    private final long bodySize;
    private final ServerWebExchange original;
    private ServerWebExchange exchange;

    private ExplainedRequest(InetAddress peer, long bodySize, ServerWebExchange exchange) {
        this.peer = peer;
        this.bodySize = bodySize;
        this.original = exchange;
        this.exchange = exchange;
    }

    /**
     * A request of these properties.
     *
     * @param uri absolute, as the server would see it
     * @param peer the other end of the socket
     * @param bodySize in bytes, 0 for no body
     */
    public static ExplainedRequest of(
            HttpMethod method, URI uri, HttpHeaders headers, InetAddress peer, long bodySize) {
        HttpHeaders fields = new HttpHeaders();
        fields.putAll(headers);
        if (fields.getFirst(HttpHeaders.HOST) == null && uri.getRawAuthority() != null) {
            fields.set(HttpHeaders.HOST, uri.getRawAuthority());
        }
        if (bodySize > 0 && fields.getFirst(HttpHeaders.TRANSFER_ENCODING) == null) {
            fields.set(HttpHeaders.CONTENT_LENGTH, Long.toString(bodySize));
        }
        return new ExplainedRequest(
                peer,
                bodySize,
                new DefaultServerWebExchange(
                        new UnsentRequest(method, uri, fields, peer),
                        new UnsentResponse(),
                        exchange -> Mono.empty(),
                        ServerCodecConfigurer.create(),
                        new AcceptHeaderLocaleContextResolver()));
    }

    /** As it is so far. */
    public ServerWebExchange exchange() {
        return exchange;
    }

    /** As it was asked. */
    public ServerWebExchange original() {
        return original;
    }

    /** A step would have changed it to this. */
    public void exchange(ServerWebExchange changed) {
        exchange = changed;
    }

    /** The other end of the socket. */
    public InetAddress peer() {
        return peer;
    }

    /** In bytes, 0 for no body. The body itself is not there, and reads as empty. */
    public long bodySize() {
        return bodySize;
    }
}
