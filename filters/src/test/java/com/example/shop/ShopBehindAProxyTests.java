package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** With {@code httpclient.proxy} the stock client forwards; what goes wrong there is answered like anything else. */
@SpringBootTest(
        classes = ShopApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "management.observations.enable.http.server.requests=false",
            "spring.cloud.gateway.server.webflux.routes[0].id=direct",
            "spring.cloud.gateway.server.webflux.routes[0].uri=http://192.0.2.1:80",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/direct/**",
            "spring.cloud.gateway.server.webflux.httpclient.proxy.host=127.0.0.1",
        })
class ShopBehindAProxyTests {

    private static final Backend PROXY = Backend.start((request, out) -> {
        out.head(200, Headers.none());
        out.pause(Duration.ofMillis(200));
        out.reset();
    });

    @Value("${local.server.port}")
    private int port;

    @DynamicPropertySource
    static void proxy(DynamicPropertyRegistry registry) {
        registry.add("spring.cloud.gateway.server.webflux.httpclient.proxy.port", PROXY::port);
    }

    @AfterAll
    static void stop() {
        PROXY.close();
    }

    @Test
    void get_proxyConfigured_goesThroughIt() {
        get();

        assertThat(PROXY.requests()).extracting(Recorded::method).contains("CONNECT");
    }

    @Test
    void get_upstreamResets_isNeverAnEmpty200() {
        Response response = get();

        assertThat(response.status()).as("of %s", response).isBetween(500, 599);
    }

    private Response get() {
        try (RawClient client = RawClient.connect(Endpoint.loopback(port))) {
            return client.get("/direct/a").readResponse();
        }
    }
}
