package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.test.context.TestPropertySource;

/** An application that does without them, and gets the short way from the server to its dispatcher. */
@TestPropertySource(properties = "management.observations.enable.http.server.requests=false")
class ShopOnTheShortWayTests extends ShopWithControllersTests {

    @Test
    void httpHandler_isOurs() {
        assertThat(context.getBean(HttpHandler.class).getClass().getName())
                .isEqualTo("dev.meridian.filters.server.GatewayHttpHandler");
    }
}
