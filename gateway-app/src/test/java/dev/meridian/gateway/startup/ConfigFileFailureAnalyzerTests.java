package dev.meridian.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.mock.env.MockPropertySource;

class ConfigFileFailureAnalyzerTests {

    @TempDir
    Path directory;

    @Test
    void analyze_missingFile_namesItWhole() {
        FailureAnalysis analysis = analysisOf("file:./nope.yml");

        assertThat(analysis.getDescription())
                .contains("file " + Path.of("nope.yml").toAbsolutePath() + " does not exist", "'file:./nope.yml'");
        assertThat(analysis.getAction())
                .contains(Path.of("").toAbsolutePath().toString(), "'optional:file:./nope.yml'");
    }

    @Test
    void analyze_missingDirectory_saysDirectory() {
        assertThat(analysisOf("file:" + directory + "/nope/").getDescription())
                .contains("directory " + directory.resolve("nope") + " does not exist");
    }

    @Test
    void analyze_oneOfSeveralMissing_namesThatOne() throws IOException {
        Path there = Files.writeString(directory.resolve("there.yml"), "a: b\n");

        assertThat(analysisOf("file:" + there + ";file:" + directory + "/nope.yml")
                        .getDescription())
                .contains("nope.yml", "does not exist");
    }

    @Test
    void analyze_directoryNamedLikeAFile_isNotReadAsOne() throws IOException {
        Path configuration = Files.createDirectory(directory.resolve("gateway.yml"));

        assertThat(analysisOf("file:" + configuration).getDescription())
                .isEqualTo("The configuration file " + configuration + " is a directory.");
    }

    @Test
    void analyze_directoryWithoutSlash_asksForIt() {
        FailureAnalysis analysis = analysisOf("file:" + directory);

        assertThat(analysis.getDescription()).contains("is a directory");
        assertThat(analysis.getAction()).contains("'file:" + directory + "/'");
    }

    @Test
    void analyze_unknownExtension_namesTheKnownOnes() throws IOException {
        Path configuration = Files.writeString(directory.resolve("gateway.conf"), "a: b\n");

        assertThat(analysisOf("file:" + configuration).getAction())
                .contains(".yml", ".properties", "gateway.conf[.yml]");
    }

    @Test
    void analyze_settingThatAFileMayNotHave_passesOnWhatIsWrong() throws IOException {
        Path configuration = Files.writeString(directory.resolve("gateway.yml"), "spring.profiles: demo\n");

        assertThat(analysisOf("file:" + configuration).getDescription()).contains("'spring.profiles'");
    }

    @Test
    void analyze_anythingElse_isLeftToOthers() {
        assertThat(new ConfigFileFailureAnalyzer().analyze(new IllegalStateException("other")))
                .isNull();
    }

    @Test
    void loaders_comeBeforeBootsInBootsOrder() {
        List<PropertySourceLoader> loaders =
                SpringFactoriesLoader.forDefaultResourceLocation().load(PropertySourceLoader.class);

        assertThat(loaders.get(0)).isInstanceOf(PropertiesFileLoader.class);
        assertThat(loaders.get(1)).isInstanceOf(YamlFileLoader.class);
    }

    private static FailureAnalysis analysisOf(String location) {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .addFirst(new MockPropertySource().withProperty("spring.config.additional-location", location));
        Throwable failure = catchThrowable(() -> ConfigDataEnvironmentPostProcessor.applyTo(environment));
        assertThat(failure).isNotNull();
        return Objects.requireNonNull(new ConfigFileFailureAnalyzer().analyze(failure));
    }
}
