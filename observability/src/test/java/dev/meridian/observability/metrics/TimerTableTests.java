package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.random.SeededRandom;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimerTableTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void find_inTheEmptyOne_isNull() {
        assertThat(TimerTable.EMPTY.find(0)).isNull();
        assertThat(TimerTable.EMPTY.find(16_199)).isNull();
        assertThat(TimerTable.EMPTY.all()).isEmpty();
    }

    @Test
    void with_many_findsEachAndNoOther() {
        SeededRandom random = new SeededRandom(3);
        Map<Integer, Timer> expected = new LinkedHashMap<>();
        TimerTable table = TimerTable.EMPTY;
        while (expected.size() < 500) {
            int key = random.nextInt(0, 16_200);
            if (!expected.containsKey(key)) {
                assertThat(table.find(key)).isNull();
                Timer timer = registry.timer("t", "key", Integer.toString(key));
                table = table.with(key, timer);
                expected.put(key, timer);
            }
        }
        TimerTable last = table;

        assertThat(expected)
                .allSatisfy((key, timer) -> assertThat(last.find(key)).isSameAs(timer));
        assertThat(last.all()).containsExactlyInAnyOrderElementsOf(expected.values());
        for (int key = 0; key < 16_200; key++) {
            assertThat(last.find(key) != null).isEqualTo(expected.containsKey(key));
        }
    }

    @Test
    void with_leavesTheFormerAsItWas() {
        TimerTable one = TimerTable.EMPTY.with(1, registry.timer("one"));
        one.with(2, registry.timer("two"));

        assertThat(one.find(2)).isNull();
        assertThat(TimerTable.EMPTY.find(1)).isNull();
    }
}
