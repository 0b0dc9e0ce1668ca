package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GatewayMetersTests {

    private static final Path PAGE = Path.of("../src/docs/observability.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(meridian\\.[a-z.]+)` \\| (\\w+) \\| (.*?) \\|");
    private static final Pattern TAG_ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]+ \\|$");

    @Test
    void table_inThePage_isTheEnum() throws IOException {
        List<String> documented = ROW.matcher(Files.readString(PAGE))
                .results()
                .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(3))
                .toList();

        assertThat(documented)
                .containsExactlyElementsOf(Arrays.stream(GatewayMeters.values())
                        .map(GatewayMetersTests::row)
                        .toList());
    }

    @Test
    void tagTable_inThePage_isTheEnum() throws IOException {
        String page = Files.readString(PAGE);
        String tags = page.substring(page.indexOf("| Tag |"));

        assertThat(TAG_ROW.matcher(tags).results().map(MatchResult::group).map(row -> row.split("`", 3)[1]))
                .containsExactlyElementsOf(Arrays.stream(GatewayMeters.Tag.values())
                        .map(GatewayMeters.Tag::asString)
                        .toList());
    }

    private static String row(GatewayMeters meter) {
        String tags = Arrays.stream(meter.getKeyNames())
                .map(key -> "`" + key.asString() + "`")
                .collect(Collectors.joining(", "));
        return meter.getName() + " " + meter.getType().name().toLowerCase(Locale.ROOT) + " " + tags;
    }
}
