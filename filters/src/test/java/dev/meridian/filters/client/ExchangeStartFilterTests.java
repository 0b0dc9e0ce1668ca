package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.testkit.random.SeededRandom;
import dev.meridian.testkit.time.FakeTicker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class ExchangeStartFilterTests {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final ExchangeStartFilter filter =
            new ExchangeStartFilter(TrustedProxiesTests.trusting(), new FakeTicker(42), new SeededRandom(1));

    @Test
    void filter_request_startsClockAndTraceAndNotesTheClient() throws Exception {
        GatewayExchange own = filter(
                filter, MockServerHttpRequest.get("/").remoteAddress(new InetSocketAddress("203.0.113.9", 4711)));

        assertThat(own.startNanos).isEqualTo(42);
        assertThat(own.clientAddress()).isEqualTo(InetAddress.getByName("203.0.113.9"));
        assertThat(own.peerTrusted()).isFalse();
        assertThat(own.traceId()).matches("[0-9a-f]{32}");
        assertThat(own.spanId()).matches("[0-9a-f]{16}");
        assertThat(own.traceFlags()).isEqualTo("01");
    }

    @Test
    void filter_traceparent_isContinued() {
        GatewayExchange own = filter(
                filter, MockServerHttpRequest.get("/").header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00"));

        assertThat(own.traceId()).isEqualTo(TRACE);
        assertThat(own.traceFlags()).isEqualTo("00");
    }

    /** W3C Trace Context: a field that is there twice is as good as none. */
    @Test
    void filter_traceparentTwice_isNotContinued() {
        GatewayExchange own = filter(
                filter,
                MockServerHttpRequest.get("/")
                        .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00")
                        .header("traceparent", "00-11111111111111111111111111111111-00f067aa0ba902b7-00"));

        assertThat(own.traceId()).isNotEqualTo(TRACE);
    }

    @Test
    void filter_noAddress_isNotedAsNone() {
        GatewayExchange own = filter(filter, MockServerHttpRequest.get("/"));

        assertThat(own.clientAddress()).isNull();
        assertThat(own.peerTrusted()).isFalse();
    }

    /** Tests of an application that bind to its context have requests without a server behind them. */
    @Test
    void filter_trustedProxiesAndARequestWithoutAServer_isHandled() {
        ExchangeStartFilter trusting = new ExchangeStartFilter(
                TrustedProxiesTests.trusting("10.0.0.0/8"), new FakeTicker(), new SeededRandom(1));

        GatewayExchange own =
                filter(trusting, MockServerHttpRequest.get("/").remoteAddress(new InetSocketAddress("10.0.0.1", 4711)));

        assertThat(own.peerTrusted()).isTrue();
    }

    @Test
    void order_isTheFirst() {
        assertThat(filter.getOrder()).isEqualTo(FilterOrder.EXCHANGE_START.value());
    }

    private static GatewayExchange filter(ExchangeStartFilter filter, MockServerHttpRequest.BaseBuilder<?> request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        filter.filter(exchange, e -> Mono.empty()).block(Duration.ofSeconds(5));
        return Objects.requireNonNull(GatewayExchange.of(exchange.getAttributes()));
    }
}
