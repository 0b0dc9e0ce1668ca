package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.ProxyProtocolSupportType;

/** What a real server makes of forwarding fields and of the PROXY protocol. */
class ForwardedConnectionInfoTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "                                                             | 127.0.0.1    | http",
                "X-Forwarded-For: 203.0.113.9                                 | 203.0.113.9  | http",
                "X-Forwarded-For: 6.6.6.6, 203.0.113.9                        | 203.0.113.9  | http",
                "X-Forwarded-For: 203.0.113.9, 127.0.0.1                      | 203.0.113.9  | http",
                "X-Forwarded-For: 203.0.113.9, unknown                        | 127.0.0.1    | http",
                "X-Forwarded-For: 2001:db8::1                                 | 2001:db8:0:0:0:0:0:1 | http",
                "Forwarded: for=203.0.113.9                                   | 203.0.113.9  | http",
                "Forwarded: for=\"[2001:db8::1]:80\"                          | 2001:db8:0:0:0:0:0:1 | http",
                "Forwarded: for=203.0.113.9 ~ X-Forwarded-For: 6.6.6.6        | 203.0.113.9  | http",
                "X-Forwarded-Proto: https                                     | 127.0.0.1    | https",
                "X-Forwarded-Proto: HTTPS                                     | 127.0.0.1    | https",
                "X-Forwarded-Proto: https, http                               | 127.0.0.1    | https",
                "X-Forwarded-Proto: gopher                                    | 127.0.0.1    | http",
                // Forwarded is preferred, also in what it says of the scheme.
                "Forwarded: for=203.0.113.9;proto=https                       | 203.0.113.9  | https",
            })
    void apply_trustedPeer_isBelieved(String fields, String address, String scheme) {
        assertThat(seen(TrustedProxiesTests.trusting("127.0.0.0/8"), fields)).isEqualTo(address + " " + scheme);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Forwarded-For: 203.0.113.9 | 127.0.0.1 http",
                "Forwarded: for=203.0.113.9   | 127.0.0.1 http",
                "X-Forwarded-Proto: https     | 127.0.0.1 http",
            })
    void apply_anyoneElse_isNot(String fields, String expected) {
        assertThat(seen(TrustedProxiesTests.trusting("10.0.0.0/8"), fields)).isEqualTo(expected);
    }

    @Test
    void peer_proxyProtocol_isTheAddressItAnnounces() {
        DisposableServer server = start(HttpServer.create().proxyProtocol(ProxyProtocolSupportType.ON));
        try (RawClient client = RawClient.connect(Endpoint.loopback(server.port()))) {
            client.send("PROXY TCP4 203.0.113.9 127.0.0.1 4711 80\r\n");

            assertThat(client.get("/").readResponse().headers().first("X-Peer")).hasValue("203.0.113.9");
        } finally {
            server.disposeNow(Duration.ofSeconds(5));
        }
    }

    @Test
    void peer_forwardingFields_doNotChangeIt() {
        TrustedProxies trusted = TrustedProxiesTests.trusting("127.0.0.0/8");
        DisposableServer server = start(HttpServer.create().forwarded(new ForwardedConnectionInfo(trusted)));
        try (RawClient client = RawClient.connect(Endpoint.loopback(server.port()))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n");

            assertThat(client.readResponse().headers().first("X-Peer")).hasValue("127.0.0.1");
        } finally {
            server.disposeNow(Duration.ofSeconds(5));
        }
    }

    private static String seen(TrustedProxies trusted, String fields) {
        DisposableServer server = start(HttpServer.create().forwarded(new ForwardedConnectionInfo(trusted)));
        try (RawClient client = RawClient.connect(Endpoint.loopback(server.port()))) {
            String lines = fields == null || fields.isEmpty()
                    ? ""
                    : String.join("\r\n", fields.strip().split(" ~ ")) + "\r\n";
            client.send("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
            return client.readResponse().body().text();
        } finally {
            server.disposeNow(Duration.ofSeconds(5));
        }
    }

    private static DisposableServer start(HttpServer server) {
        return server.host("127.0.0.1")
                .port(0)
                .handle((request, response) -> response.headers(new DefaultHttpHeaders().add("X-Peer", peer(request)))
                        .sendString(Mono.fromSupplier(() -> remote(request) + " " + request.scheme())))
                .bindNow(Duration.ofSeconds(5));
    }

    private static String remote(HttpServerRequest request) {
        return ((InetSocketAddress) Objects.requireNonNull(request.remoteAddress()))
                .getAddress()
                .getHostAddress();
    }

    private static String peer(HttpServerRequest request) {
        InetAddress address = Peer.address(((ChannelOperations<?, ?>) request).channel());
        return Objects.requireNonNull(address).getHostAddress();
    }
}
