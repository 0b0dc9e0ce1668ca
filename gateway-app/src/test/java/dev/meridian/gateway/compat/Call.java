package dev.meridian.gateway.compat;

import dev.meridian.testkit.client.Answer;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import java.nio.charset.StandardCharsets;

/**
 * One request of a client, sent on a connection of its own.
 *
 * @param method as in the request line
 * @param target as in the request line
 * @param headers further fields; without {@code Host} among them, that of the gateway is sent
 * @param body in UTF-8; empty for none
 */
record Call(String method, String target, Headers headers, String body) {

    static Call get(String target, String... headers) {
        return new Call("GET", target, Headers.of(headers), "");
    }

    static Call post(String target, String body, String... headers) {
        return new Call("POST", target, Headers.of(headers), body);
    }

    static Call request(String method, String target, String... headers) {
        return new Call(method, target, Headers.of(headers), "");
    }

    Answer send(int port) {
        try (RawClient client = RawClient.connect(port)) {
            return over(client, port);
        }
    }

    Answer over(RawClient client, int port) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
        if (!headers.has("Host")) {
            head.append("Host: localhost:").append(port).append("\r\n");
        }
        headers.forEach(field ->
                head.append(field.name()).append(": ").append(field.value()).append("\r\n"));
        if (bytes.length > 0) {
            head.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        Response response =
                client.send(head.append("\r\n").toString()).send(bytes).readResponse();
        if (!response.complete()) {
            throw new AssertionError("answer broken off (expected: complete): " + response);
        }
        return response.answer();
    }

    @Override
    public String toString() {
        return method + " " + target + (headers.names().isEmpty() ? "" : " " + headers);
    }
}
