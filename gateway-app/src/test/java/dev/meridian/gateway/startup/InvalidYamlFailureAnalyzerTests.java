package dev.meridian.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.io.FileSystemResource;

class InvalidYamlFailureAnalyzerTests {

    private final YamlFileLoader loader = new YamlFileLoader();

    @TempDir
    Path directory;

    static Stream<Arguments> broken() {
        return Stream.of(
                arguments("tab", "a:\n\tb: c\n", 2, 1, "no tabs"),
                arguments("tab after spaces", "a:\n  - id: x\n \turi: y\n", 3, 2, "no tabs"),
                arguments("two colons", "a: b: c\n", 1, 5, "must stand in quotes"),
                arguments("no colon", "server\n  port: 1\n", 2, 7, "Line 1 has no ':'"),
                arguments(
                        "no space after the colon", "server:\n  port:1\n  address: x\n", 3, 10, "Line 2 needs a space"),
                arguments("too deep", "a: b\n  c: d\n", 2, 4, "Line 2 is indented further than line 1"),
                arguments("too shallow", "a:\n    b: c\n  d: e\n", 3, 3, "start in the same column"),
                arguments("list out of line", "a:\n  - x\n - y\n", 3, 2, "start in the same column"),
                arguments("text after a quote", "a: 'x' y\n", 1, 8, "text after a closing quote"),
                arguments("text in a list", "- a: b\n  c\n  d: e\n", 2, 3, "no ':' after its key"),
                arguments("at sign", "a: @foo\n", 1, 4, "single quotes"),
                arguments("percent", "a: %x\n", 1, 4, "single quotes"),
                arguments("star", "a: *\n", 1, 5, "single quotes"),
                arguments("star and more", "a: *.example.com\n", 1, 5, "single quotes"),
                arguments("unknown alias", "a: *b\n", 1, 4, "single quotes"),
                arguments("duplicate key", "a: 1\nb: 2\na: 3\n", 3, 1, "stands twice"),
                arguments("open bracket", "a: [x, y\nb: c\n", 2, 2, "closing bracket"),
                arguments("open brace at the end", "\na: {x: 1\n", 2, 4, "closing bracket"),
                arguments("placeholder in a list", "a: [${x}, b]\n", 1, 6, "braces"),
                arguments("path variable in a list", "a: [Path=/x/{id}]\n", 1, 13, "braces"),
                arguments("open single quote", "a: 1\nb: 'x\nc: d\n", 2, 4, "never closed"),
                arguments("open double quote", "a: 1\nb: \"x\nc: d\n", 2, 4, "never closed"),
                arguments("backslash", "a: \"\\d+\"\n", 1, 6, "regular expressions"),
                arguments("tag", "a: !foo bar\n", 1, 4, "names a type"),
                arguments("Java type", "a: !!java.net.URL [x]\n", 1, 4, "names a type"),
                arguments("control character", "a: b\nc: \u0001\n", 2, 4, "control character"),
                arguments("control character first", "\u0001\n", 1, 1, "control character"),
                arguments("unrendered template", "{{- if x }}\na: b\n", 1, 3, "template"),
                arguments("merge conflict", "<<<<<<< HEAD\na: b\n", 2, 2, "Line 1 has no ':'"),
                arguments("properties in YAML", "a=b\nc=d\n", 1, 1, "key: value"),
                arguments("a list", "- a\n- b\n", 1, 1, "key: value"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void analyze_brokenYaml_saysWhereAndWhatToDo(String name, String yaml, int line, int column, String advice)
            throws IOException {
        FailureAnalysis analysis = analysisOf(yaml.getBytes(StandardCharsets.UTF_8));

        assertThat(analysis.getDescription())
                .startsWith(directory.resolve("gateway.yml") + ", line " + line + ", column " + column + ": ");
        assertThat(analysis.getAction()).contains(advice);
    }

    @Test
    void analyze_notUtf8_namesTheLine() throws IOException {
        FailureAnalysis analysis = analysisOf("a: b\nc: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(analysis.getDescription()).contains("line 2, column 7");
        assertThat(analysis.getAction()).contains("UTF-8");
    }

    @Test
    void analyze_tooDeep_needsNoLine() throws IOException {
        FailureAnalysis analysis = analysisOf(("a: " + "[".repeat(60)).getBytes(StandardCharsets.UTF_8));

        assertThat(analysis.getDescription())
                .isEqualTo(directory.resolve("gateway.yml") + ": not valid YAML: Nesting Depth exceeded max 50");
    }

    @Test
    void analyze_showsTheLineWithAMarkUnderTheColumn() throws IOException {
        FailureAnalysis analysis = analysisOf("server:\n  \tport: 1\n".getBytes(StandardCharsets.UTF_8));

        assertThat(analysis.getDescription()).endsWith("\n\n     1 | server:\n     2 |   <TAB>port: 1\n           ^");
    }

    @Test
    void analyze_secretValue_isNotShown() throws IOException {
        FailureAnalysis analysis = analysisOf(
                "redis.password: hunter1\nssl.key-store-password: hunter2: x\n".getBytes(StandardCharsets.UTF_8));

        assertThat(analysis.getDescription())
                .doesNotContain("hunter")
                .contains("redis.password: ******", "ssl.key-store-password: ******");
    }

    @Test
    void analyze_secretThatReadsAsATag_isNotShown() throws IOException {
        FailureAnalysis analysis = analysisOf("password: !hunter2\n".getBytes(StandardCharsets.UTF_8));

        assertThat(analysis.getDescription()).doesNotContain("hunter");
    }

    @Test
    void load_emptyAndCommentedFiles_areValid() throws IOException {
        assertThat(loader.load("test", file("".getBytes(StandardCharsets.UTF_8))))
                .isEmpty();
        assertThat(loader.load("test", file("# nothing yet\n---\n".getBytes(StandardCharsets.UTF_8))))
                .isEmpty();
    }

    @Test
    void load_validYaml_keepsOrigins() throws IOException {
        assertThat(loader.load("test", file("a:\n  b: c\n".getBytes(StandardCharsets.UTF_8))))
                .singleElement()
                .satisfies(source -> assertThat(source.getProperty("a.b")).hasToString("c"));
    }

    private FailureAnalysis analysisOf(byte[] yaml) throws IOException {
        FileSystemResource file = file(yaml);
        Throwable failure = catchThrowable(() -> loader.load("test", file));
        return Objects.requireNonNull(new InvalidYamlFailureAnalyzer().analyze(new IllegalStateException(failure)));
    }

    private FileSystemResource file(byte[] content) throws IOException {
        return new FileSystemResource(Files.write(directory.resolve("gateway.yml"), content));
    }
}
