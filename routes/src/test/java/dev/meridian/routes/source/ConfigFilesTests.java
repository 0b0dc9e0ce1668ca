package dev.meridian.routes.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.mock.env.MockEnvironment;

class ConfigFilesTests {

    private final MockEnvironment environment = new MockEnvironment();

    private ConfigFiles files() {
        ConfigurationPropertySources.attach(environment);
        return ConfigFiles.of(environment);
    }

    private void source(String name) {
        environment.getPropertySources().addLast(new MapPropertySource(name, Map.of("a", "b")));
    }

    private static Path here(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }

    @Test
    void of_nothingNamed_areTheUsualPlaces() {
        assertThat(files().directories()).containsExactlyInAnyOrder(here("."), here("config"));
        assertThat(files().trees()).isEmpty();
    }

    @Test
    void of_location_standsInForTheUsualPlaces() {
        environment.setProperty("spring.config.location", "file:/etc/meridian/,file:/opt/one/gateway.yml");

        assertThat(files().directories()).containsExactlyInAnyOrder(Path.of("/etc/meridian"), Path.of("/opt/one"));
    }

    @Test
    void of_additionalLocation_comesOnTop() {
        environment.setProperty(
                "spring.config.additional-location", "optional:file:./more/;optional:conf.d/gateway.yml");

        assertThat(files().directories())
                .containsExactlyInAnyOrder(here("."), here("config"), here("more"), here("conf.d"));
    }

    @Test
    void of_imports_areFollowedWhereTheyAreFiles() {
        environment.setProperty("spring.config.import[0]", "optional:file:/etc/imported/a.yml");
        environment.setProperty("spring.config.import[1]", "configserver:http://127.0.0.1:8888");
        environment.setProperty("spring.config.import[2]", "classpath:b.yml");

        assertThat(files().directories())
                .containsExactlyInAnyOrder(here("."), here("config"), Path.of("/etc/imported"));
    }

    @Test
    void of_sourcesThatWereRead() {
        source("Config resource 'file [/etc/other/gateway.yml]' via location 'file:/etc/other/' (document #0)");
        source("Config resource 'file [relative/gateway.yml]' via location 'relative/'");
        source("Config tree '/run/secrets'");
        source("Config resource 'class path resource [application.yml]' via location 'optional:classpath:/'");

        assertThat(files().directories())
                .containsExactlyInAnyOrder(here("."), here("config"), Path.of("/etc/other"), here("relative"));
        assertThat(files().trees()).containsExactly(Path.of("/run/secrets"));
    }

    @Test
    void of_wildcards_areWhereTheyWereFound() {
        environment.setProperty("spring.config.additional-location", "file:/etc/conf.d/*/");

        assertThat(files().directories()).containsExactlyInAnyOrder(here("."), here("config"));
    }
}
