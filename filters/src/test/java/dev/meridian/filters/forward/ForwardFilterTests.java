package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpStatus;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class ForwardFilterTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Upstreams upstreams = new Upstreams();
    private final ForwardFilter filter = new ForwardFilter(new Forwarder(
            upstreams.transport,
            new RequestHeaders(
                    new ForwardProperties(true, true, "meridian"), StockSwitches.from(new MockEnvironment())),
            List.of(),
            Upstreams.Pool.of(4).settings(),
            1 << 20,
            Upstreams.retries()));
    private final WriteResponseFilter writing = new WriteResponseFilter(List.of());
    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/a?x=1"));
    private final List<String> log = new ArrayList<>();

    @AfterEach
    void close() {
        upstreams.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://a/", "wss://a/", "lb://a/", "forward:/a", "no://op"})
    void filter_uriThatIsNotHttp_isLeftToOthers(String url) {
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create(url));

        run();

        assertThat(log).containsExactly("rest");
        assertThat(ServerWebExchangeUtils.isAlreadyRouted(exchange)).isFalse();
    }

    @Test
    void filter_alreadyRouted_isLeftAlone() {
        exchange.getAttributes()
                .put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create("http://127.0.0.1:1/"));
        ServerWebExchangeUtils.setAlreadyRouted(exchange);

        run();

        assertThat(log).containsExactly("rest");
    }

    /** As the stock filters do: tests that bind to an application's context have no server behind their requests. */
    @Test
    void filter_exchangeWithoutAServer_isForwardedAllTheSame() {
        try (Backend backend = Backend.start(Behaviour.answer(201, "made"))) {
            exchange.getAttributes()
                    .put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create(backend.url() + "/a?x=1"));

            writing.filter(exchange, e -> filter.filter(e, rest -> Mono.empty()))
                    .block(SOON);

            assertThat(backend.lastRequest().target()).isEqualTo("/a?x=1");
            assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.CREATED);
            assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("made");
        }
    }

    private void run() {
        filter.filter(exchange, e -> Mono.fromRunnable(() -> log.add("rest"))).block(SOON);
    }
}
