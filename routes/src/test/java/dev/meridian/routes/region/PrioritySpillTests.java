package dev.meridian.routes.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrioritySpillTests {

    @ParameterizedTest
    @CsvSource({"1, 1", "0.72, 1", "0.714, 0.9996", "0.5, 0.7", "0.25, 0.35", "0, 0"})
    void carries_healthy_isOverprovisioned(double healthy, double expected) {
        assertThat(PrioritySpill.carries(healthy)).isCloseTo(expected, within(1e-9));
    }

    /** Health of each tier, and what it gets; as in Envoy's documentation of priority levels. */
    @ParameterizedTest
    @CsvSource({
        "1,            1",
        "0.5,          1",
        "1 1,          1 0",
        "0.72 1,       1 0",
        "0.71 1,       0.994 0.006",
        "0.5 1,        0.7 0.3",
        "0.5 0.5,      0.7 0.3",
        "0.25 0.25,    0.5 0.5",
        "0.25 0.1,     0.7143 0.2857",
        "0 1,          0 1",
        "0 0 1,        0 0 1",
        "0.5 0.1 1,    0.7 0.14 0.16",
        "0.05 0 0,     1 0 0",
    })
    void loads_tiers_takeWhatTheOnesAboveLeave(String healthy, String expected) {
        double[] loads = PrioritySpill.loads(
                Arrays.stream(numbers(healthy)).map(PrioritySpill::carries).toArray());

        assertThat(loads).containsExactly(numbers(expected), within(1e-4));
        assertThat(Arrays.stream(loads).sum()).isCloseTo(1, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0 0 0, 0 0 0"})
    void loads_nobodyCarriesAnything_areAllZero(String carries, String expected) {
        assertThat(PrioritySpill.loads(numbers(carries))).containsExactly(numbers(expected));
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }
}
