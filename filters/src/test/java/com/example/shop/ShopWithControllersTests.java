package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.assertion.ProblemAssert;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** What the application answers itself, beside its routes. */
@TestPropertySource(properties = "shop.controllers=true")
abstract class ShopWithControllersTests extends ShopTests {

    @Test
    void get_controller_answers() {
        assertThat(get("/local/hello").body().text()).isEqualTo("hello");
    }

    @Test
    void post_controller_readsTheBody() {
        assertThat(
                        send("POST /local/echo HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody")
                                .body()
                                .text())
                .isEqualTo("body");
    }

    @Test
    void get_controllersAnnotatedException_hasItsStatus() {
        assertThat(get("/local/sold-out").status()).isEqualTo(409);
    }

    @Test
    void get_controllersNotFound_keepsItsReason() {
        ProblemAssert.assertThat(answer("/local/no-such-article"))
                .hasStatus(404)
                .isProblem()
                .hasDetail("no such article");
    }
}
