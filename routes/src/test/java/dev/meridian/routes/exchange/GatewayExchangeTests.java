package dev.meridian.routes.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayExchangeTests {

    private final Map<String, Object> attributes = new HashMap<>();

    @Test
    void of_noneStarted_isNull() {
        assertThat(GatewayExchange.of(attributes)).isNull();
    }

    @Test
    void require_noneStarted_startsOneAndKeepsIt() {
        GatewayExchange own = GatewayExchange.require(attributes);

        assertThat(GatewayExchange.require(attributes)).isSameAs(own);
        assertThat(GatewayExchange.of(attributes)).isSameAs(own);
        assertThat(own.startNanos).isLessThanOrEqualTo(System.nanoTime());
    }

    @Test
    void require_startedByTheWebFilter_isThatOne() {
        GatewayExchange own = new GatewayExchange(7);
        attributes.put(ExchangeAttributes.GATEWAY_EXCHANGE, own);

        assertThat(GatewayExchange.require(attributes)).isSameAs(own);
    }

    @Test
    void attemptStarted_again_countsAndForgetsTheTimesOfTheOneBefore() {
        GatewayExchange own = new GatewayExchange(1);
        own.attemptStarted(10);
        own.upstreamFirstByte(11);
        own.upstreamEnd(12);

        own.attemptStarted(20);

        assertThat(own.attempts()).isEqualTo(2);
        assertThat(own.upstreamStartNanos()).isEqualTo(20);
        assertThat(own.upstreamFirstByteNanos()).isZero();
        assertThat(own.upstreamEndNanos()).isZero();
    }

    @Test
    void requestBytes_areThoseOfTheLastAttempt() {
        GatewayExchange own = new GatewayExchange(1);
        own.requestBytes(() -> 4);
        own.addResponseBytes(5);

        assertThat(own.requestBytes()).isEqualTo(4);
        assertThat(own.responseBytes()).isEqualTo(5);
    }
}
