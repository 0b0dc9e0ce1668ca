package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meridian.routes.definition.ServingState;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderTests {

    @Test
    void parse_region() {
        assertThat(Order.parse(Map.of("region", "eu", "state", "draining")))
                .isEqualTo(new Order("eu", null, ServingState.DRAINING, false));
    }

    @Test
    void parse_endpointAndDryRun() {
        assertThat(Order.parse(Map.of("region", "eu", "endpoint", "a:80", "state", "OFF", "dry-run", "true")))
                .isEqualTo(new Order("eu", "a:80", ServingState.OFF, true));
        assertThat(Order.parse(Map.of("region", "eu", "state", "active", "dry-run", false))
                        .dryRun())
                .isFalse();
    }

    @Test
    void parse_wrong_saysWhatWouldBeRight() {
        assertRefused(Map.of("state", "off"), "region: (nothing) (expected: the name of a region)");
        assertRefused(Map.of("region", "eu"), "state: (nothing) (expected: active, draining or off)");
        assertRefused(Map.of("region", "eu", "state", "paused"), "state: paused (expected: active, draining or off)");
        assertRefused(
                Map.of("region", "eu", "state", "off", "dry-run", "yes"), "dry-run: yes (expected: true or false)");
        assertRefused(
                Map.of("region", "eu", "state", "off", "dryRun", "true"),
                "member: dryRun (expected: one of region, endpoint, state, dry-run)");
    }

    private static void assertRefused(Map<String, Object> members, String message) {
        assertThatExceptionOfType(InvalidOrderException.class)
                .isThrownBy(() -> Order.parse(members))
                .withMessage(message);
    }
}
