package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.observability.exchange.ExchangeEnding;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.upstream.Endpoint;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;

class AccessLogObserverTests {

    private final List<AccessLogEntry> entries = new ArrayList<>();
    private final GatewayExchange gateway = new GatewayExchange(0);

    @Test
    void onEnd_forwarded_saysAllThatIsKnown() {
        Endpoint endpoint = new Endpoint("http", "10.1.0.1", 8080, 1, null, Map.of());
        gateway.client(Entries.address("203.0.113.7"), true);
        gateway.trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "01", true);
        gateway.routeId("orders-route");
        gateway.chosen(null, "orders", endpoint);
        gateway.attemptStarted(50_000);
        gateway.attemptStarted(100_000);
        gateway.requestBytes(() -> 12);
        gateway.addResponseBytes(345);
        gateway.upstreamFirstByte(600_000);
        gateway.upstreamEnd(1_100_000);

        AccessLogEntry entry = logged(
                settings(false, false),
                MockServerHttpRequest.method(HttpMethod.POST, URI.create("/api/a%20b?secret=1")),
                201);

        assertThat(entry)
                .isEqualTo(new AccessLogEntry(
                        Instant.parse("2026-11-21T10:15:28Z").toEpochMilli(),
                        Entries.address("203.0.113.7"),
                        "POST",
                        "/api/a%20b",
                        null,
                        null,
                        201,
                        ExchangeEnding.COMPLETE,
                        12,
                        345,
                        2_000_000,
                        1_999_000,
                        1_000,
                        500,
                        "orders-route",
                        "orders",
                        endpoint,
                        2,
                        null,
                        null,
                        "4bf92f3577b34da6a3ce929d0e0e4736",
                        null));
    }

    @Test
    void onEnd_unmatched_isBare() {
        AccessLogEntry entry = logged(settings(false, false), MockServerHttpRequest.get("/nothing"), 404);

        assertThat(entry.route()).isNull();
        assertThat(entry.upstream()).isNull();
        assertThat(entry.endpoint()).isNull();
        assertThat(entry.client()).isNull();
        assertThat(entry.upstreamMicros()).isEqualTo(-1);
        assertThat(entry.firstByteMicros()).isEqualTo(-1);
        assertThat(entry.gatewayMicros()).isEqualTo(2_000_000);
    }

    @Test
    void onEnd_queryAndUserAgent_onlyBySwitch() {
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.method(
                        HttpMethod.GET, URI.create("/a?b=%41&c"))
                .header("User-Agent", "curl/8");

        AccessLogEntry silent = logged(settings(false, false), request, 200);
        AccessLogEntry talkative = logged(settings(true, true), request, 200);

        assertThat(silent.query()).isNull();
        assertThat(silent.userAgent()).isNull();
        assertThat(talkative.query()).isEqualTo("b=%41&c");
        assertThat(talkative.userAgent()).isEqualTo("curl/8");
    }

    @Test
    void onEnd_excludedPath_isNotLogged() {
        AccessLogProperties settings = new AccessLogProperties(
                true, AccessLogProperties.Format.JSON, "", 16, false, false, List.of("/health/**"));

        end(settings, MockServerHttpRequest.get("/health/live?a"), 200, ExchangeEnding.COMPLETE);
        assertThat(entries).isEmpty();
        end(settings, MockServerHttpRequest.get("/healthy"), 200, ExchangeEnding.COMPLETE);
        assertThat(entries).hasSize(1);
    }

    @Test
    void onEnd_ownAnswer_hasTheLengthThatItSays() {
        assertThat(logged(settings(false, false), MockServerHttpRequest.get("/"), 503)
                        .responseBytes())
                .isEqualTo(77);
    }

    @Test
    void onEnd_ownAnswerWithoutABody_hasNoLength() {
        assertThat(logged(settings(false, false), MockServerHttpRequest.head("/"), 503)
                        .responseBytes())
                .isZero();
        assertThat(logged(settings(false, false), MockServerHttpRequest.get("/"), 304)
                        .responseBytes())
                .isZero();
    }

    @Test
    void onEnd_clientGoneBeforeAnyAnswer_hasNoLength() {
        end(settings(false, false), MockServerHttpRequest.get("/"), 499, ExchangeEnding.CLIENT_GONE);

        assertThat(entries.get(0).responseBytes()).isZero();
        assertThat(entries.get(0).ending()).isEqualTo(ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void onEnd_upstreamsEmptyAnswer_hasNoLength() {
        gateway.attemptStarted(1);
        gateway.upstreamFirstByte(2);

        assertThat(logged(settings(false, false), MockServerHttpRequest.get("/"), 200)
                        .responseBytes())
                .isZero();
    }

    @Test
    void onEnd_unixSocketPeer_isWithoutClient() {
        MockServerHttpRequest.BaseBuilder<?> request =
                MockServerHttpRequest.get("/").remoteAddress(InetSocketAddress.createUnresolved("socket", 0));

        assertThat(logged(settings(false, false), request, 200).client()).isNull();
    }

    private AccessLogEntry logged(
            AccessLogProperties settings, MockServerHttpRequest.BaseBuilder<?> request, int status) {
        end(settings, request, status, ExchangeEnding.COMPLETE);
        return entries.get(entries.size() - 1);
    }

    private void end(
            AccessLogProperties settings,
            MockServerHttpRequest.BaseBuilder<?> request,
            int status,
            ExchangeEnding ending) {
        AccessLogFormat keep = (entry, out) -> entries.add(entry);
        AccessLogWriter writer = new AccessLogWriter(keep, new Nowhere(), 16, () -> 0);
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        MockServerHttpResponse response = exchange.getResponse();
        response.getHeaders().setContentLength(77);
        if (ending == ExchangeEnding.COMPLETE) {
            response.setStatusCode(HttpStatus.valueOf(status));
            response.setComplete().block();
        }
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-21T10:15:30Z"));
        new AccessLogObserver(writer, settings, clock)
                .onEnd(new ExchangeEnd(exchange, gateway, ending, status, 2_000_000_000, null));
        writer.writeAll();
    }

    private static AccessLogProperties settings(boolean query, boolean userAgent) {
        return new AccessLogProperties(true, AccessLogProperties.Format.JSON, "", 16, query, userAgent, List.of());
    }

    private static final class Nowhere implements LogSink {

        @Override
        public void write(byte[] lines, int length) {}

        @Override
        public void close() {}
    }
}
