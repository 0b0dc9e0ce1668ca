package dev.meridian.filters.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ProblemJsonTests {

    @Test
    void render_everything_isAllThere() {
        assertThat(text("urn:x", "Title", 502, "Detail", "/a?b", "0123"))
                .isEqualTo("{\"type\":\"urn:x\",\"title\":\"Title\",\"status\":502,\"detail\":\"Detail\","
                        + "\"instance\":\"/a?b\",\"trace-id\":\"0123\"}");
    }

    @Test
    void render_nothingOptional_leavesItOut() {
        assertThat(text("about:blank", "T", 404, null, null, null))
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"T\",\"status\":404}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "a \"quoted\" word",
                "back\\slash",
                "\\",
                "\"",
                "\\\"",
                "tab\tline\nreturn\rbackspace\bfeed\f",
                "\u0000\u0001\u001f\u007f",
                "ü – 漢",
                "\uD83D\uDE00 outside the basic plane",
                "</script><b>",
                "\u2028\u2029",
                "{\"status\":200}",
            })
    void render_anyText_comesOutOfAParserAsItWentIn(String text) {
        JsonNode json = parse(ProblemJson.render(text, text, 418, text, text, text));

        assertThat(json.propertyNames()).containsExactly("type", "title", "status", "detail", "instance", "trace-id");
        assertThat(json.get("status").intValue()).isEqualTo(418);
        for (String member : new String[] {"type", "title", "detail", "instance", "trace-id"}) {
            assertThat(json.get(member).stringValue()).as(member).isEqualTo(text);
        }
    }

    @Test
    void render_everyCharacter_isValidJson() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0xd800; c++) {
            all.append(c);
        }
        for (int c = 0xe000; c <= 0xffff; c++) {
            all.append((char) c);
        }

        JsonNode json = parse(ProblemJson.render("t", all.toString(), 500, null, null, null));

        assertThat(json.get("title").stringValue()).isEqualTo(all.toString());
    }

    private static JsonNode parse(byte[] json) {
        return JsonMapper.shared().readTree(json);
    }

    private static String text(
            String type,
            String title,
            int status,
            @Nullable String detail,
            @Nullable String instance,
            @Nullable String traceId) {
        return new String(ProblemJson.render(type, title, status, detail, instance, traceId), StandardCharsets.UTF_8);
    }
}
