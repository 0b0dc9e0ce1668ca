package dev.meridian.testkit.assertion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.testkit.client.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ProblemAssertTest {

    private static final String BODY = "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503,"
            + "\"detail\":\"no instance\",\"instance\":\"/a?b\",\"trace-id\":\"0af7651916cd43dd8448eb211c80319c\"}";

    private static Answer answer(String body, String proxyStatus) {
        return Answer.of(
                503,
                Map.of(
                        "content-type", List.of("application/problem+json"),
                        "proxy-status", List.of(proxyStatus),
                        "retry-after", List.of("3")),
                body);
    }

    @Test
    void acceptsWhatIsRight() {
        ProblemAssert.assertThat(
                        answer(BODY, "origin; error=dns_error, meridian;error=connection_refused;details=\"a, b\""))
                .hasStatus(503)
                .isProblem()
                .hasType("about:blank")
                .hasTitle("Service Unavailable")
                .hasDetailContaining("instance")
                .hasInstance("/a?b")
                .hasTraceId("0af7651916cd43dd8448eb211c80319c")
                .hasProxy("meridian")
                .hasProxyError("connection_refused")
                .hasRetryAfter(Duration.ofSeconds(1), Duration.ofSeconds(3))
                .hasNoHeader("Server")
                .doesNotMention("Exception", "10.0.0.1");
    }

    @Test
    void namesWhatIsWrong() {
        Answer right = answer(BODY, "meridian; error=dns_error");
        fails(() -> ProblemAssert.assertThat(right).hasStatus(502), "status: 503 (expected: 502)");
        fails(() -> ProblemAssert.assertThat(right).hasProxyError("dns_timeout"), "expected: error=dns_timeout");
        fails(() -> ProblemAssert.assertThat(right).hasRetryAfter(Duration.ofSeconds(4)), "Retry-After: 3");
        fails(() -> ProblemAssert.assertThat(right).doesNotMention("no instance"), "mentions no instance");
        fails(() -> ProblemAssert.assertThat(right).hasNoProxyStatus(), "Proxy-Status");
    }

    @Test
    void checksTheFormOfEachMember() {
        broken("503,", "500,", "status member: 500");
        broken("\"title\":\"Service Unavailable\",", "", "title: none");
        broken("0af7", "0AF7", "trace-id");
        broken("\"no instance\"", "null", "detail: null");
        broken("/a?b", "/a b", "instance");
        broken("}", "", "expected: JSON");
    }

    private static void broken(String part, String replacement, String message) {
        Answer wrong = answer(BODY.replace(part, replacement), "meridian");
        fails(() -> ProblemAssert.assertThat(wrong).isProblem(), message);
    }

    @Test
    void readsProxyStatusStrictly() {
        assertThat(ProxyStatus.parse("a;x=\"q\\\"d\";y;z=1.5,  \"b c\""))
                .containsExactly(
                        new ProxyStatus("a", Map.of("x", "q\"d", "y", "?1", "z", "1.5")),
                        new ProxyStatus("b c", Map.of()));
        fails(() -> ProxyStatus.parse("a; error=two words"), "expected: comma or end");
        fails(() -> ProxyStatus.parse("a,"), "expected: token or string");
    }

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }
}
