package dev.meridian.testkit.client;

import dev.meridian.testkit.http.Headers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A whole response, whichever client received it. */
public final class Answer {

    private final int status;
    private final Headers headers;
    private final byte[] body;

    /** An answer from its parts. */
    public Answer(int status, Headers headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body.clone();
    }

    /** An answer from its parts; headers as most clients give them. */
    public static Answer of(int status, Map<String, List<String>> headers, byte[] body) {
        return new Answer(status, Headers.of(headers), body);
    }

    /** An answer from its parts; headers as most clients give them. */
    public static Answer of(int status, Map<String, List<String>> headers, String body) {
        return of(status, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    /** What {@code java.net.http} received with {@code BodyHandlers.ofByteArray()}. */
    public static Answer ofBytes(HttpResponse<byte[]> response) {
        return of(response.statusCode(), response.headers().map(), response.body());
    }

    /** What {@code java.net.http} received with {@code BodyHandlers.ofString()}. */
    public static Answer ofText(HttpResponse<String> response) {
        return of(response.statusCode(), response.headers().map(), response.body());
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** The header fields. */
    public Headers headers() {
        return headers;
    }

    /** The body. */
    public byte[] body() {
        return body.clone();
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return status + " " + headers + "\n" + text();
    }
}
