package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

class EnvironmentSwapTests {

    private static final Set<String> STANDARD = Set.of("systemProperties", "systemEnvironment");

    private static MutablePropertySources sources(String value, String... names) {
        MutablePropertySources sources = new MutablePropertySources();
        for (String name : names) {
            sources.addLast(new MapPropertySource(name, Map.of("a", value)));
        }
        return sources;
    }

    @Test
    void take_replacesWhatWasReadAndKeepsTheRest() {
        MutablePropertySources running = sources(
                "old", "test", "systemProperties", "Config resource 'gone'", "Config resource 'one'", "defaults");
        EnvironmentSwap.take(
                sources("new", "systemProperties", "configserver:x", "Config resource 'one'", "Config resource 'two'"),
                running,
                STANDARD);

        assertThat(running)
                .extracting(PropertySource::getName)
                .containsExactly(
                        "test",
                        "systemProperties",
                        "configserver:x",
                        "Config resource 'one'",
                        "Config resource 'two'",
                        "defaults");
        assertThat(running)
                .extracting(source -> source.getProperty("a"))
                .containsExactly("old", "old", "new", "new", "new", "old");
    }

    @Test
    void take_nothingIsEncryptedAnyMore_takesTheDecryptedAway() {
        MutablePropertySources running = sources("old", "decrypted", "systemProperties", "Config resource 'one'");
        EnvironmentSwap.take(sources("new", "systemProperties", "Config resource 'one'"), running, STANDARD);

        assertThat(running)
                .extracting(PropertySource::getName)
                .containsExactly("systemProperties", "Config resource 'one'");
    }

    @Test
    void take_nothingWasReadAnyMore_takesItAway() {
        MutablePropertySources running = sources("old", "systemProperties", "Config resource 'one'");
        EnvironmentSwap.take(sources("new", "systemProperties"), running, STANDARD);

        assertThat(running).extracting(PropertySource::getName).containsExactly("systemProperties");
    }
}
