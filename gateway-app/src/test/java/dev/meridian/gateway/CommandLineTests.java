package dev.meridian.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTests {

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void help_namesTheConfigurationFileThePortsAndTheDemo(String option) {
        assertThat(CommandLine.answer(option))
                .contains("--spring.config.additional-location=file:./gateway.yml")
                .contains("--server.port=PORT", "default 8080")
                .contains("--management.server.port=PORT", "default 9090", "127.0.0.1")
                .contains("--spring.profiles.active=demo")
                .contains("validate gateway.yml", "explain gateway.yml")
                .contains("src/docs");
    }

    @Test
    void help_fitsATerminal() {
        assertThat(Objects.requireNonNull(CommandLine.answer("--help")).lines()).allMatch(line -> line.length() <= 100);
    }

    @Test
    void help_winsOverAnyOtherOption() {
        assertThat(CommandLine.answer("--server.port=1", "--version", "--help")).contains("Usage:");
    }

    @Test
    void version_namesWhatItRunsOn() {
        assertThat(CommandLine.answer("--version"))
                .matches("meridian \\S+ \\(Spring Cloud Gateway \\d\\S+, Spring Boot \\d\\S+, "
                        + "Netty \\d\\S+, Java \\d\\S+\\)")
                .contains("Java " + Runtime.version());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--server.port=8081", "--versions", "help", "--debug"})
    void answer_anythingElse_startsTheGateway(String option) {
        assertThat(CommandLine.answer(option)).isNull();
    }

    @Test
    void console_printsTheTextAndALineEnd() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new Console(new PrintStream(out, true, StandardCharsets.UTF_8)).print("text");

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("text" + System.lineSeparator());
    }
}
