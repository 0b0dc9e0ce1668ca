package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.random.SeededRandom;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpMethod;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

/** What becomes of a request whose first endpoint fails it, with real backends. */
class ForwardRetryTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Upstreams upstreams = new Upstreams();
    private final Backend first = Backend.start(Behaviour.answer(200, "first"));
    private final Backend second = Backend.start(Behaviour.answer(200, "second"));
    private final Upstream upstream = new RegionUpstreamFactory(
                    new LiveStates(),
                    new Breakers(Clock.systemUTC(), new SeededRandom(1), change -> {}),
                    System::nanoTime,
                    new SeededRandom(1),
                    suspect -> {})
            .of(
                    "orders",
                    List.of(endpoint(first), endpoint(second)),
                    Upstreams.Pool.of(4).settings());
    private final List<LiveEndpoint> live = upstream.regions().get(0).endpoints();

    @AfterEach
    void close() {
        upstreams.close();
        first.close();
        second.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PATCH"})
    void refused_isSentToAnother(String method) {
        first.stop();

        MockServerWebExchange exchange = exchange(method, method.equals("GET") ? "" : "precious");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(second.lastRequest().body()).asString().isEqualTo(method.equals("GET") ? "" : "precious");
        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(2);
        assertThat(GatewayExchange.require(exchange.getAttributes()).endpoint()).isEqualTo(endpoint(second));
        assertThat(live.get(0).state().connectFailuresInRow()).isEqualTo(1);
        assertAllOver();
    }

    @Test
    void resetAfterTheRequest_ofAGet_isSentToAnother() {
        first.behave(Behaviour.reset());

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(live.get(0).state().failuresInRow()).isEqualTo(1);
        assertThat(live.get(0).state().connectFailuresInRow()).isZero();
        assertAllOver();
    }

    @Test
    void resetAfterTheRequest_ofAPost_isNeverSentTwice() {
        first.behave(Behaviour.reset());

        assertFails(exchange("POST", "precious"), Failure.CONNECTION_TERMINATED);

        assertThat(second.requestCount()).isZero();
        assertAllOver();
    }

    @Test
    void allRefuse_failsAsTheLastOneDid() {
        first.stop();
        second.stop();

        MockServerWebExchange exchange = exchange("GET", "");
        assertFails(exchange, Failure.CONNECTION_REFUSED);

        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(2);
        assertAllOver();
    }

    @Test
    void answer_isNotedWithItsTime() {
        first.behave(Behaviour.after(Duration.ofMillis(20), Behaviour.answer(200, "slow")));

        forward(exchange("GET", ""));

        assertThat(live.get(0).state().responseTime().get())
                .isGreaterThan(Duration.ofMillis(15).toNanos());
        assertThat(live.get(0).region().requests()).isEqualTo(1);
        assertAllOver();
    }

    @Test
    void serviceUnavailable_isPassedOnAndCounted() {
        first.behave(Behaviour.answer(503, "overloaded"));

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("overloaded");
        assertThat(live.get(0).state().failuresInRow()).isEqualTo(1);
        assertThat(live.get(0).state().responseTime().get())
                .as("what fails fast is not fast")
                .isNaN();
    }

    /** Every request that was begun has been ended, or balancing would count it for ever. */
    private void assertAllOver() {
        assertThat(live).allSatisfy(each -> assertThat(each.state().active()).isZero());
        assertThat(live.get(0).region().active()).isZero();
    }

    private void assertFails(MockServerWebExchange exchange, Failure expected) {
        assertThatThrownBy(() -> forward(exchange))
                .cause()
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.failure()).isEqualTo(expected));
    }

    private void forward(MockServerWebExchange exchange) {
        Forwarder forwarder = new Forwarder(
                upstreams.transport,
                new RequestHeaders(
                        new ForwardProperties(true, true, "meridian"), StockSwitches.from(new MockEnvironment())),
                List.of(),
                Upstreams.Pool.of(4).settings(),
                1 << 20);
        new WriteResponseFilter(List.of())
                .filter(exchange, e -> new ForwardFilter(forwarder).filter(e, rest -> Mono.empty()))
                .block(SOON);
    }

    private MockServerWebExchange exchange(String method, String body) {
        MockServerHttpRequest.BodyBuilder request =
                MockServerHttpRequest.method(HttpMethod.valueOf(method), "http://gateway/a");
        MockServerWebExchange exchange = MockServerWebExchange.from(
                body.isEmpty()
                        ? request.build()
                        : request.contentLength(body.length()).body(body));
        Selection selection = new Anything();
        LiveEndpoint chosen = java.util.Objects.requireNonNull(upstream.choose(selection));
        GatewayExchange.require(exchange.getAttributes()).chosen(upstream, chosen, selection);
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        URI.create(chosen.endpoint().url() + "/a"));
        return exchange;
    }

    private static Endpoint endpoint(Backend backend) {
        return new Endpoint("http", "127.0.0.1", backend.port(), 1, null, Map.of());
    }

    private static final class Anything extends Selection {

        @Override
        public @Nullable GeoPoint clientLocation() {
            return null;
        }

        @Override
        public long keyHash() {
            return 0;
        }
    }
}
