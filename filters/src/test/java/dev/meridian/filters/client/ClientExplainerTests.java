package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.explain.ExplainedRequest;
import dev.meridian.routes.explain.Question;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientExplainerTests {

    private final ClientExplainer explainer = new ClientExplainer(TrustedProxiesTests.trusting("10.0.0.0/8"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1  | X-Forwarded-For | 192.0.2.1           | 192.0.2.1 | is none itself",
                "10.0.0.1  | X-Forwarded-For | 192.0.2.1, 10.0.0.2 | 192.0.2.1 | is none itself",
                "10.0.0.1  | Forwarded       | for=192.0.2.9       | 192.0.2.9 | of Forwarded",
                "10.0.0.1  | X-Forwarded-For | unknown             | 10.0.0.1  | is no address",
                "10.0.0.1  | X-Other         | 1                   | 10.0.0.1  | names nobody",
                "192.0.2.7 | X-Forwarded-For | 192.0.2.1           | 192.0.2.7 | is not believed",
            })
    void explain_isWhomRequestsWouldComeFrom(String peer, String field, String value, String client, String reason) {
        ExplainedRequest request =
                Question.parse(Map.of("uri", "/", "headers", Map.of(field, value), "client-address", peer));

        ClientExplainer.ClientPart part = explainer.explain(request);

        assertThat(part.address()).isEqualTo(client);
        assertThat(part.peer()).isEqualTo(peer);
        assertThat(part.trusted()).isEqualTo(peer.startsWith("10."));
        assertThat(part.reason()).contains(reason);
        assertThat(Objects.requireNonNull(request.exchange().getRequest().getRemoteAddress())
                        .getAddress()
                        .getHostAddress())
                .isEqualTo(client);
    }

    @Test
    void explain_beginsTheExchange() {
        ExplainedRequest request = Question.parse(Map.of("uri", "/"));

        new ClientExplainer(TrustedProxiesTests.trusting()).explain(request);

        assertThat(GatewayExchange.require(request.exchange().getAttributes()).clientAddress())
                .isEqualTo(request.peer());
    }
}
