package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.server.adapter.HttpWebHandlerAdapter;

/** An application that has its {@code http.server.requests} observed, as Boot has it. */
class ShopWithSpringsAdapterTests extends ShopWithControllersTests {

    @Test
    void httpHandler_isSprings() {
        assertThat(context.getBean(HttpHandler.class)).isInstanceOf(HttpWebHandlerAdapter.class);
    }
}
