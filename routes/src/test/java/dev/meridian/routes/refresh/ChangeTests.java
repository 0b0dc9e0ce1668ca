package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangeTests {

    @Test
    void between_tellsWhatIsNewDifferentAndGone() {
        Map<String, Integer> after = new LinkedHashMap<>();
        after.put("new", 1);
        after.put("same", 2);
        after.put("changed", 4);

        assertThat(Change.between("route", Map.of("same", 2, "changed", 3, "gone", 5), after))
                .extracting(Change::toString)
                .containsExactly("route new added", "route changed changed", "route gone removed");
    }

    @Test
    void between_equal_isNothing() {
        assertThat(Change.between("route", Map.of("a", 1), Map.of("a", 1))).isEmpty();
    }
}
