package dev.meridian.filters.fallback;

import dev.meridian.routes.definition.StatusRange;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The filter's arguments as they are written: either {@code to}, or a static answer. */
public final class FallbackConfig {

    private static final int UNAVAILABLE = 503;

    private @Nullable String to;
    private @Nullable String statuses;
    private @Nullable Integer status;
    private Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable String body;

    public @Nullable String getTo() {
        return to;
    }

    public void setTo(String to) {
        this.to = to;
    }

    public @Nullable String getStatuses() {
        return statuses;
    }

    public void setStatuses(String statuses) {
        this.statuses = statuses;
    }

    public @Nullable Integer getStatus() {
        return status;
    }

    public void setStatus(Integer status) {
        this.status = status;
    }

    public Map<String, String> getHeaders() {
        return headers;
    }

    public void setHeaders(Map<String, String> headers) {
        this.headers = headers;
    }

    public @Nullable String getBody() {
        return body;
    }

    public void setBody(String body) {
        this.body = body;
    }

    /** @throws IllegalArgumentException that says what would be right */
    Fallback fallback() {
        String target = to;
        boolean answer = status != null || body != null || !headers.isEmpty();
        if (target == null && !answer) {
            throw new IllegalArgumentException(
                    "forward:/path, lb://NAME, or an answer: args with status, headers, body");
        } else if (target != null && answer) {
            throw new IllegalArgumentException("either to, or an answer of status, headers and body; not both");
        }
        return target == null ? answer() : target(target);
    }

    private Fallback.Static answer() {
        int code = status == null ? UNAVAILABLE : status;
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("a status from 200 to 599");
        }
        String text = body == null ? "" : body;
        if (!text.isEmpty() && (code == 204 || code == 304)) {
            throw new IllegalArgumentException("no body with status " + code);
        }
        headers.forEach((name, value) -> {
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || !value.matches("[\\t\\x20-\\x7e]*")) {
                throw new IllegalArgumentException(
                        "names and values of header fields in headers, which " + name + " is not");
            }
            if (Stream.of(HttpHeaders.CONTENT_LENGTH, HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CONNECTION)
                    .anyMatch(name::equalsIgnoreCase)) {
                throw new IllegalArgumentException("headers without " + name + ", which the gateway sets itself");
            }
        });
        return new Fallback.Static(code, Map.copyOf(headers), text);
    }

    private static Fallback target(String target) {
        URI uri;
        try {
            uri = URI.create(target.trim());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a uri: forward:/path or lb://NAME");
        }
        if ("forward".equals(uri.getScheme())
                && uri.getRawPath() != null
                && uri.getRawPath().startsWith("/")) {
            return new Fallback.Forward(uri);
        }
        if ("lb".equals(uri.getScheme())
                && uri.getRawAuthority() != null
                && uri.getRawPath().isEmpty()) {
            return new Fallback.OtherUpstream(uri);
        }
        throw new IllegalArgumentException("forward:/path of another route, or lb://NAME of another upstream");
    }

    /** Answers of the upstream that count as failed; none unless written. */
    List<StatusRange> failedStatuses() {
        String written = statuses;
        return written == null || written.isBlank()
                ? List.of()
                : Stream.of(written.split("[,;]", -1)).map(StatusRange::of).toList();
    }
}
