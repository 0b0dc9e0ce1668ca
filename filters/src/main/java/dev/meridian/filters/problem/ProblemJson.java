package dev.meridian.filters.problem;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Renders <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a> problem details. Plain Java and free of
 * dependencies, because it is also used below the web framework, where a request could not even be parsed.
 */
public final class ProblemJson {

    public static final String MEDIA_TYPE = "application/problem+json";

    private ProblemJson() {}

    /**
     * @param type a URI that names the kind of problem; {@code about:blank} says no more than the status
     * @param instance the request's path, or {@code null} where it could not be read
     * @param traceId 32 hex digits, or {@code null}
     */
    public static byte[] render(
            String type,
            String title,
            int status,
            @Nullable String detail,
            @Nullable String instance,
            @Nullable String traceId) {
        StringBuilder json = new StringBuilder(256);
        json.append('{');
        member(json, "type", type).append(',');
        member(json, "title", title).append(",\"status\":").append(status);
        if (detail != null) {
            member(json.append(','), "detail", detail);
        }
        if (instance != null) {
            member(json.append(','), "instance", instance);
        }
        if (traceId != null) {
            member(json.append(','), "trace-id", traceId);
        }
        return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static StringBuilder member(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }
}
