package dev.meridian.testkit.assertion;

import dev.meridian.testkit.client.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Assertions on an answer that reports a problem (RFC 9457) of a proxy (RFC 9209). */
public final class ProblemAssert extends AbstractAssert<ProblemAssert, Answer> {

    private static final JsonMapper JSON = JsonMapper.shared();

    private ProblemAssert(Answer actual) {
        super(actual, ProblemAssert.class);
    }

    /** Begins assertions on {@code actual}. */
    public static ProblemAssert assertThat(Answer actual) {
        return new ProblemAssert(actual);
    }

    /** The status line has this code. */
    public ProblemAssert hasStatus(int status) {
        if (actual.status() != status) {
            throw failure("status: %s (expected: %s) in%n%s", actual.status(), status, actual);
        }
        return this;
    }

    /**
     * The media type is {@code application/problem+json}, and the members {@code type}, {@code title}, {@code status},
     * {@code detail}, {@code instance} and {@code trace-id} are there and have the form they must have.
     */
    public ProblemAssert isProblem() {
        String type = header("Content-Type").split(";", 2)[0].strip();
        if (!type.equalsIgnoreCase("application/problem+json")) {
            throw failure("Content-Type: %s (expected: application/problem+json)", type);
        }
        reference("type");
        reference("instance");
        matches("title", "(?s).*\\S.*");
        matches("detail", "(?s).*\\S.*");
        matches("trace-id", "(?!0{32})[0-9a-f]{32}");
        JsonNode status = member("status");
        if (!status.isInt() || status.intValue() != actual.status()) {
            throw failure("status member: %s (expected: %s, the status line's)", status, actual.status());
        }
        return this;
    }

    /** The problem's type. */
    public ProblemAssert hasType(String expected) {
        return has("type", expected);
    }

    /** The problem's title. */
    public ProblemAssert hasTitle(String expected) {
        return has("title", expected);
    }

    /** The problem's detail. */
    public ProblemAssert hasDetail(String expected) {
        return has("detail", expected);
    }

    /** The problem's detail contains this. */
    public ProblemAssert hasDetailContaining(String part) {
        if (!text("detail").contains(part)) {
            throw failure("detail: %s (expected: contains %s)", text("detail"), part);
        }
        return this;
    }

    /** The problem's instance. */
    public ProblemAssert hasInstance(String expected) {
        return has("instance", expected);
    }

    /** The problem's trace-id, 32 digits. */
    public ProblemAssert hasTraceId(String expected) {
        return has("trace-id", expected);
    }

    /** A member of the problem is this text. */
    public ProblemAssert has(String member, String expected) {
        if (!text(member).equals(expected)) {
            throw failure("%s: %s (expected: %s)", member, text(member), expected);
        }
        return this;
    }

    /** The last member of {@code Proxy-Status}, the one nearest to the client, names this type of error. */
    public ProblemAssert hasProxyError(String error) {
        ProxyStatus nearest = nearest();
        if (!nearest.error().filter(error::equals).isPresent()) {
            throw failure("Proxy-Status: %s (expected: error=%s)", header("Proxy-Status"), error);
        }
        return this;
    }

    /** The last member of {@code Proxy-Status}, the one nearest to the client, comes from this proxy. */
    public ProblemAssert hasProxy(String name) {
        if (!nearest().proxy().equals(name)) {
            throw failure("Proxy-Status: %s (expected: of %s)", header("Proxy-Status"), name);
        }
        return this;
    }

    /** There is no {@code Proxy-Status}. */
    public ProblemAssert hasNoProxyStatus() {
        return hasNoHeader("Proxy-Status");
    }

    /** {@code Retry-After} in seconds. */
    public ProblemAssert hasRetryAfter(Duration expected) {
        return hasRetryAfter(expected, expected);
    }

    /** {@code Retry-After} in seconds, from {@code least} to {@code most}. */
    public ProblemAssert hasRetryAfter(Duration least, Duration most) {
        String value = header("Retry-After");
        if (!value.matches("[0-9]{1,9}")
                || Long.parseLong(value) < least.toSeconds()
                || Long.parseLong(value) > most.toSeconds()) {
            throw failure("Retry-After: %s (expected: %s to %s seconds)", value, least.toSeconds(), most.toSeconds());
        }
        return this;
    }

    /** There is no {@code Retry-After}. */
    public ProblemAssert hasNoRetryAfter() {
        return hasNoHeader("Retry-After");
    }

    /** There is no field of this name. */
    public ProblemAssert hasNoHeader(String name) {
        if (actual.headers().has(name)) {
            throw failure("%s: %s (expected: none)", name, actual.headers().all(name));
        }
        return this;
    }

    /** Neither the header fields nor the body contain any of these: nothing about the inside leaks out. */
    public ProblemAssert doesNotMention(String... secrets) {
        String all = actual.toString();
        for (String secret : secrets) {
            if (all.contains(secret)) {
                throw failure("answer: mentions %s (expected: not) in%n%s", secret, actual);
            }
        }
        return this;
    }

    private ProxyStatus nearest() {
        List<ProxyStatus> members = ProxyStatus.parse(String.join(", ", all("Proxy-Status")));
        return members.get(members.size() - 1);
    }

    private List<String> all(String name) {
        List<String> values = actual.headers().all(name);
        if (values.isEmpty()) {
            throw failure("%s: none (expected: one) in%n%s", name, actual);
        }
        return values;
    }

    private String header(String name) {
        List<String> values = all(name);
        if (values.size() != 1) {
            throw failure("%s: %s (expected: one)", name, values);
        }
        return values.get(0);
    }

    private void reference(String name) {
        String value = text(name);
        try {
            URI.create(value);
        } catch (IllegalArgumentException e) {
            throw failure("%s: %s (expected: a URI reference)", name, value);
        }
    }

    private void matches(String name, String regex) {
        if (!text(name).matches(regex)) {
            throw failure("%s: %s (expected: matches %s)", name, text(name), regex);
        }
    }

    private String text(String name) {
        JsonNode member = member(name);
        if (!member.isString()) {
            throw failure("%s: %s (expected: a string)", name, member);
        }
        return member.stringValue();
    }

    private JsonNode member(String name) {
        JsonNode member = body().get(name);
        if (member == null) {
            throw failure("%s: none (expected: a member) in%n%s", name, actual);
        }
        return member;
    }

    private JsonNode body() {
        @Nullable JsonNode body;
        try {
            body = JSON.readTree(actual.body());
        } catch (JacksonException e) {
            throw failure("body: %s (expected: JSON)", actual.text());
        }
        if (body == null || !body.isObject()) {
            throw failure("body: %s (expected: a JSON object)", actual.text());
        }
        return body;
    }
}
