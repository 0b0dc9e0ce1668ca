package dev.meridian.routes.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.MapPropertySource;

class ReadSourcesTests {

    private static boolean namesServer(String key, String value) {
        return ReadSources.nameServer(Read.environment(new MapPropertySource("any", Map.of(key, value)))
                .getPropertySources());
    }

    @Test
    void nameServer_inWhateverWay() {
        assertThat(namesServer("spring.config.import", "configserver:http://a")).isTrue();
        assertThat(namesServer("spring.config.import", "file:./a.yml,optional:configserver:"))
                .isTrue();
        assertThat(namesServer("spring.config.import[1]", "configserver:")).isTrue();
        assertThat(namesServer("SPRING_CONFIG_IMPORT", "configserver:")).isTrue();
    }

    @Test
    void nameServer_notThere() {
        assertThat(namesServer("spring.config.import", "file:./a.yml")).isFalse();
        assertThat(namesServer("spring.cloud.config.uri", "configserver:")).isFalse();
    }

    @Test
    void version_isTheServers() {
        assertThat(ReadSources.version(Read.environment(Read.version("abc")))).isEqualTo("abc");
        assertThat(ReadSources.version(Read.environment())).isEmpty();
    }
}
