package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

class SameConfigTests {

    private static StandardEnvironment read(String... yamls) {
        StandardEnvironment environment = new StandardEnvironment();
        try {
            for (int i = 0; i < yamls.length; i++) {
                new YamlPropertySourceLoader()
                        .load(
                                "Config resource 'file [" + i + ".yml]'",
                                new ByteArrayResource(yamls[i].getBytes(StandardCharsets.UTF_8)))
                        .forEach(environment.getPropertySources()::addLast);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }

    @Test
    void sameText_isSame() {
        assertThat(SameConfig.isSame(read("a: 1\nb: [x, y]", "c: 2"), read("a: 1\nb: [x, y]", "c: 2")))
                .isTrue();
    }

    @Test
    void whateverDiffers_isNot() {
        StandardEnvironment running = read("a: 1\nb: x");

        assertThat(SameConfig.isSame(running, read("a: 1\nb: y"))).as("value").isFalse();
        assertThat(SameConfig.isSame(running, read("a: 1"))).as("key gone").isFalse();
        assertThat(SameConfig.isSame(running, read("a: 1\nb: x\nc: z")))
                .as("key more")
                .isFalse();
        assertThat(SameConfig.isSame(running, read("\na: 1\nb: x"))).as("lines").isFalse();
        assertThat(SameConfig.isSame(running, read("b: x\na: 1"))).as("order").isFalse();
        assertThat(SameConfig.isSame(running, read("a: 1\nb: x", "c: 2")))
                .as("file more")
                .isFalse();
        assertThat(SameConfig.isSame(running, read())).as("file gone").isFalse();
    }

    @Test
    void whatNoFileSays_isNotCompared() {
        StandardEnvironment running = read("a: 1");
        running.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);

        assertThat(SameConfig.isSame(running, read("a: 1"))).isTrue();
    }
}
