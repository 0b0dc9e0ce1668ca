package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** The page says what the code does. */
class AccessLogPageTests {

    private static final Path PAGE = Path.of("../src/docs/observability.md");
    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `access-log\\.([a-z-]+)` \\| ([^|]*?) \\|");
    private static final Pattern FIELD = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ");

    @Test
    void settings_areThoseOfTheRecord() throws IOException {
        assertThat(SETTING.matcher(Files.readString(PAGE)).results().map(row -> row.group(1) + " " + row.group(2)))
                .containsExactlyElementsOf(
                        Arrays.stream(AccessLogProperties.class.getDeclaredConstructors()[0].getParameters())
                                .map(AccessLogPageTests::setting)
                                .toList());
    }

    @Test
    void examples_areWhatTheFormatsWrite() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("\n" + Entries.line(new JsonFormat(), Entries.FORWARDED) + "\n")
                .contains("\n" + Entries.line(new TextFormat(), Entries.FORWARDED) + "\n");
    }

    @Test
    void fields_areThoseOfALineThatHasThemAll() throws IOException {
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("| Field |"), page.indexOf("| Meter |"));
        String line = Entries.line(
                new JsonFormat(),
                new AccessLogEntry(
                        0,
                        Entries.address("::1"),
                        "GET",
                        "/",
                        "q",
                        "HTTP/1.1",
                        200,
                        Entries.BARE.ending(),
                        0,
                        0,
                        0,
                        0,
                        0,
                        0,
                        "r",
                        "u",
                        Entries.FORWARDED.endpoint(),
                        1,
                        "f",
                        "static",
                        "t",
                        "a"));
        List<String> written = Pattern.compile("[{,]\"([a-z_]+)\":")
                .matcher(line)
                .results()
                .map(name -> name.group(1))
                .toList();

        assertThat(FIELD.matcher(table).results().map(row -> row.group(1))).containsExactlyElementsOf(written);
    }

    private static String setting(Parameter component) {
        DefaultValue written = component.getAnnotation(DefaultValue.class);
        String value = written == null || written.value().length == 0 || written.value()[0].isEmpty()
                ? "none"
                : "`" + written.value()[0] + "`";
        return DataObjectPropertyName.toDashedForm(component.getName()) + " " + value;
    }
}
