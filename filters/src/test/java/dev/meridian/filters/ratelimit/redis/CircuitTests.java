package dev.meridian.filters.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CircuitTests {

    private final Circuit circuit = new Circuit("redis");

    @Test
    void oneFailure_opensIt_andIsNewsOnce() {
        assertThat(circuit.isClosed()).isTrue();
        assertThat(circuit.problem()).isEmpty();
        assertThat(circuit.onFailure("gone")).isTrue();
        assertThat(circuit.onFailure("still gone")).isFalse();
        assertThat(circuit.isClosed()).isFalse();
        assertThat(circuit.problem()).isEqualTo("still gone");
    }

    @Test
    void probe_thatSucceeds_closesItWhenAllIsTold() {
        circuit.onFailure("gone");
        assertThat(circuit.onProbed()).isTrue();
        assertThat(circuit.isClosed()).as("while it is told").isFalse();
        assertThat(circuit.onProbed()).as("a second one").isFalse();
        assertThat(circuit.onRecovered()).isTrue();
        assertThat(circuit.isClosed()).isTrue();
        assertThat(circuit.onFailure("again")).isTrue();
    }

    @Test
    void failure_whileItIsTold_opensItAgainWithoutNews() {
        circuit.onFailure("gone");
        circuit.onProbed();
        assertThat(circuit.onFailure("gone again"))
                .as("somebody probes already")
                .isFalse();
        assertThat(circuit.onRecovered()).isFalse();
        assertThat(circuit.isClosed()).isFalse();
        assertThat(circuit.onProbed()).isTrue();
    }

    @Test
    void closed_isNotProbed() {
        assertThat(circuit.onProbed()).isFalse();
        assertThat(circuit.onRecovered()).isFalse();
        assertThat(circuit.isClosed()).isTrue();
    }
}
