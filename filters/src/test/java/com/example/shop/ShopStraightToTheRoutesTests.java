package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.test.context.TestPropertySource;

/** An application of nothing but routes on the short way: Spring's dispatcher is not asked where a route matches. */
@TestPropertySource(properties = "management.observations.enable.http.server.requests=false")
class ShopStraightToTheRoutesTests extends ShopTests {

    @Test
    void httpHandler_isOurs() {
        assertThat(context.getBean(HttpHandler.class).getClass().getName())
                .isEqualTo("dev.meridian.filters.server.GatewayHttpHandler");
    }
}
