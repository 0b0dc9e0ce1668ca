package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.routes.archive.StoredConfig;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;

class ConfigHistoryTests {

    private final ConfigHistory history = new ConfigHistory();

    private StoredConfig add() {
        StoredConfig config = StoredConfig.of(new StandardEnvironment());
        history.add(
                new ConfigSnapshot(history.next(), "h", "", Instant.EPOCH, "refresh", List.of(), List.of(), List.of()),
                config);
        return config;
    }

    @Test
    void next_countsFromOne() {
        assertThat(history.next()).isEqualTo(1);
        add();
        assertThat(history.next()).isEqualTo(2);
    }

    @Test
    void find_isWhatItWasMadeOf() {
        StoredConfig first = add();
        StoredConfig second = add();

        assertThat(history.find(1)).isSameAs(first);
        assertThat(history.find(2)).isSameAs(second);
        assertThat(history.running()).isSameAs(second);
        assertThat(history.snapshots()).extracting(ConfigSnapshot::number).containsExactly(2, 1);
    }

    @Test
    void find_tooLongAgo_tellsWhatIsKept() {
        for (int i = 0; i < 25; i++) {
            add();
        }

        assertThat(history.snapshots()).hasSize(20);
        assertThat(history.find(6)).isNotNull();
        assertThatThrownBy(() -> history.find(5))
                .isInstanceOf(UnknownSnapshotException.class)
                .hasMessageContaining("no configuration 5")
                .hasMessageContaining("[25, 24,");
    }

    @Test
    void running_beforeThereIsOne_isNull() {
        assertThat(history.running()).isNull();
        assertThatThrownBy(() -> history.find(1)).isInstanceOf(UnknownSnapshotException.class);
    }
}
