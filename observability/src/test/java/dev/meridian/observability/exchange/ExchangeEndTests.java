package dev.meridian.observability.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.exchange.GatewayExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class ExchangeEndTests {

    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    private final GatewayExchange gateway = new GatewayExchange(1_000);

    @Test
    void times_forwarded_splitTheDuration() {
        gateway.attemptStarted(1_100);
        gateway.upstreamFirstByte(1_400);
        gateway.upstreamEnd(1_800);

        ExchangeEnd end = end(ExchangeEnding.COMPLETE, null);

        assertThat(end.durationNanos()).isEqualTo(1_000);
        assertThat(end.firstByteNanos()).isEqualTo(300);
        assertThat(end.upstreamNanos()).isEqualTo(700);
        assertThat(end.gatewayNanos()).isEqualTo(300);
    }

    @Test
    void times_cancelledWhileTheUpstreamWorked_countItToTheEnd() {
        gateway.attemptStarted(1_100);

        ExchangeEnd end = end(ExchangeEnding.CLIENT_GONE, null);

        assertThat(end.firstByteNanos()).isEqualTo(-1);
        assertThat(end.upstreamNanos()).isEqualTo(900);
        assertThat(end.gatewayNanos()).isEqualTo(100);
    }

    @Test
    void times_neverForwarded_areAllTheGateways() {
        ExchangeEnd end = end(ExchangeEnding.COMPLETE, null);

        assertThat(end.upstreamNanos()).isEqualTo(-1);
        assertThat(end.firstByteNanos()).isEqualTo(-1);
        assertThat(end.gatewayNanos()).isEqualTo(1_000);
    }

    @Test
    void times_forwardedByAnotherFilter_areNotTakenForTheGateways() {
        ServerWebExchangeUtils.setAlreadyRouted(exchange);

        assertThat(end(ExchangeEnding.COMPLETE, null).gatewayNanos()).isEqualTo(-1);
    }

    @Test
    void times_refusedByTheForwarder_areTheGateways() {
        ServerWebExchangeUtils.setAlreadyRouted(exchange);
        gateway.failure(Failure.REQUEST_TOO_LARGE.proxyError());

        assertThat(end(ExchangeEnding.COMPLETE, null).gatewayNanos()).isEqualTo(1_000);
    }

    @Test
    void times_overTheEndOfTheTicker_stayRight() {
        GatewayExchange late = new GatewayExchange(Long.MAX_VALUE - 10);
        late.attemptStarted(Long.MAX_VALUE - 5);
        late.upstreamEnd(Long.MIN_VALUE + 4);

        ExchangeEnd end = new ExchangeEnd(exchange, late, ExchangeEnding.COMPLETE, 200, Long.MIN_VALUE + 9, null);

        assertThat(end.durationNanos()).isEqualTo(20);
        assertThat(end.upstreamNanos()).isEqualTo(10);
        assertThat(end.gatewayNanos()).isEqualTo(10);
    }

    @Test
    void routeId_ofTheOwnMapping_comesFirst() {
        gateway.routeId("own");
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route("stock"));

        assertThat(end(ExchangeEnding.COMPLETE, null).routeId()).isEqualTo("own");
    }

    @Test
    void routeId_ofAnotherMapping_isFound() {
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route("stock"));

        assertThat(end(ExchangeEnding.COMPLETE, null).routeId()).isEqualTo("stock");
    }

    @Test
    void routeId_unmatched_isNull() {
        assertThat(end(ExchangeEnding.COMPLETE, null).routeId()).isNull();
    }

    @Test
    void failure_noted_winsOverTheError() {
        gateway.failure("connection_refused");

        assertThat(end(ExchangeEnding.COMPLETE, GatewayException.of(Failure.DNS_ERROR))
                        .failure())
                .isEqualTo("connection_refused");
    }

    @Test
    void failure_ofTheError_whereNothingIsNoted() {
        assertThat(end(ExchangeEnding.BROKEN_OFF, GatewayException.of(Failure.CONNECTION_READ_TIMEOUT))
                        .failure())
                .isEqualTo("connection_read_timeout");
    }

    @Test
    void failure_brokenOffByAnythingElse_isInternal() {
        assertThat(end(ExchangeEnding.BROKEN_OFF, new IllegalStateException()).failure())
                .isEqualTo("proxy_internal_error");
    }

    @Test
    void failure_ofAGoodAnswer_isNull() {
        assertThat(end(ExchangeEnding.COMPLETE, null).failure()).isNull();
    }

    private ExchangeEnd end(ExchangeEnding ending, @Nullable Throwable error) {
        return new ExchangeEnd(exchange, gateway, ending, 200, 2_000, error);
    }

    private static Route route(String id) {
        return Route.async().id(id).uri("http://a").predicate(e -> true).build();
    }
}
