package dev.meridian.routes.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.reactive.ServerHttpRequest;

class QuestionTests {

    @Test
    void parse_uriAlone_isAGetFromHere() {
        ExplainedRequest parsed = Question.parse(Map.of("uri", "/orders/7?x=%20"));

        ServerHttpRequest request = parsed.exchange().getRequest();
        assertThat(request.getURI()).hasToString("http://localhost/orders/7?x=%20");
        assertThat(request.getMethod().name()).isEqualTo("GET");
        assertThat(request.getHeaders().getFirst("Host")).isEqualTo("localhost");
        assertThat(parsed.peer().isLoopbackAddress()).isTrue();
    }

    @Test
    void parse_everything() {
        ExplainedRequest parsed = Question.parse(Map.of(
                "method", "POST",
                "uri", "https://shop.example/orders",
                "headers", Map.of("X", List.of("a", "b"), "Cookie", "k=v; l=w", "Host", "other.example"),
                "client-address", "2001:db8::7",
                "bodySize", 12));

        ServerHttpRequest request = parsed.exchange().getRequest();
        assertThat(request.getHeaders().getOrEmpty("x")).containsExactly("a", "b");
        assertThat(request.getHeaders().getFirst("Host")).isEqualTo("other.example");
        assertThat(request.getHeaders().getFirst("Content-Length")).isEqualTo("12");
        assertThat(request.getCookies().toSingleValueMap()).containsOnlyKeys("k", "l");
        assertThat(parsed.peer().getHostAddress()).isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(parsed.bodySize()).isEqualTo(12);
    }

    @Test
    void parse_wrong_saysWhatWouldBeRight() {
        assertWrong(Map.of(), "uri: (nothing) (expected: a path like");
        assertWrong(
                Map.of("url", "/a"), "member: url (expected: one of method, uri, headers, client-address, body-size");
        assertWrong(Map.of("uri", "/a", "hedaers", Map.of()), "did you mean headers?");
        assertWrong(Map.of("uri", "orders"), "uri: orders (expected:");
        assertWrong(Map.of("uri", "/a b"), "uri: /a b (expected:");
        assertWrong(Map.of("uri", "ftp://a/b"), "uri: ftp://a/b (expected:");
        assertWrong(Map.of("uri", "/a", "method", "GE T"), "method: GE T (expected: a method like GET or POST)");
        assertWrong(Map.of("uri", "/a", "headers", "X: y"), "headers: X: y (expected: an object");
        assertWrong(Map.of("uri", "/a", "headers", Map.of("X", "a\r\nY: b")), "headers.X: ");
        assertWrong(
                Map.of("uri", "/a", "client-address", "localhost"), "client-address: localhost (expected: an address");
        assertWrong(Map.of("uri", "/a", "body-size", -1), "body-size: -1 (expected: a number of bytes");
        assertWrong(Map.of("uri", "/a", "body-size", "big"), "body-size: big (expected: a number of bytes");
    }

    private static void assertWrong(Map<String, Object> members, String message) {
        assertThatExceptionOfType(InvalidQuestionException.class)
                .isThrownBy(() -> Question.parse(members))
                .withMessageContaining(message);
    }
}
