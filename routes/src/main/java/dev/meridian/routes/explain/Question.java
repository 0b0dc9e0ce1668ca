package dev.meridian.routes.explain;

import dev.meridian.routes.definition.Spelling;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/** Reads what is asked: the members {@code method}, {@code uri}, {@code headers}, {@code client-address}, {@code body-size}. */
public final class Question {

    private static final String METHOD = "method";
    private static final String URI_MEMBER = "uri";
    private static final String HEADERS = "headers";
    private static final String CLIENT_ADDRESS = "client-address";
    private static final String BODY_SIZE = "body-size";
    private static final List<String> MEMBERS = List.of(METHOD, URI_MEMBER, HEADERS, CLIENT_ADDRESS, BODY_SIZE);

    private Question() {}

    /**
     * The request that the members describe. Only {@code uri} must be there; {@code headers} maps names to a value or a
     * list of values.
     *
     * @throws InvalidQuestionException for a member that is unknown or makes no sense
     */
    public static ExplainedRequest parse(Map<?, ?> members) {
        for (Object member : members.keySet()) {
            if (!MEMBERS.contains(member) && !isCamelCase(String.valueOf(member))) {
                String nearest = Spelling.nearest(String.valueOf(member), MEMBERS);
                throw new InvalidQuestionException(
                        "member",
                        member,
                        "one of " + String.join(", ", MEMBERS)
                                + (nearest == null ? "" : "; did you mean " + nearest + "?"));
            }
        }
        HttpHeaders headers = headers(members.get(HEADERS));
        return ExplainedRequest.of(
                method(members.get(METHOD)),
                uri(members.get(URI_MEMBER), headers),
                headers,
                address(either(members, CLIENT_ADDRESS, "clientAddress")),
                size(either(members, BODY_SIZE, "bodySize")));
    }

    private static boolean isCamelCase(String member) {
        return member.equals("clientAddress") || member.equals("bodySize");
    }

    private static @Nullable Object either(Map<?, ?> members, String name, String camelCase) {
        Object value = members.get(name);
        return value == null ? members.get(camelCase) : value;
    }

    private static HttpMethod method(@Nullable Object written) {
        String method = written == null ? "GET" : written.toString();
        if (!isToken(method)) {
            throw new InvalidQuestionException(METHOD, method, "a method like GET or POST");
        }
        return HttpMethod.valueOf(method);
    }

    private static URI uri(@Nullable Object written, HttpHeaders headers) {
        String expected = "a path like /orders/7?x=1, or http://host/orders/7";
        if (written == null) {
            throw new InvalidQuestionException(URI_MEMBER, "(nothing)", expected);
        }
        String text = written.toString();
        String host = Objects.requireNonNullElse(headers.getFirst(HttpHeaders.HOST), "localhost");
        try {
            URI uri = new URI(text.startsWith("/") && !text.startsWith("//") ? "http://" + host + text : text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null) {
                return uri.getRawPath().isEmpty() ? uri.resolve("/") : uri;
            }
        } catch (URISyntaxException e) {
            throw new InvalidQuestionException(URI_MEMBER, text, expected + "; " + e.getReason());
        }
        throw new InvalidQuestionException(URI_MEMBER, text, expected);
    }

    private static HttpHeaders headers(@Nullable Object written) {
        HttpHeaders headers = new HttpHeaders();
        if (written == null) {
            return headers;
        }
        if (!(written instanceof Map<?, ?> fields)) {
            throw new InvalidQuestionException(HEADERS, written, "an object like {\"Accept\": \"text/html\"}");
        }
        fields.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (!isToken(name)) {
                throw new InvalidQuestionException(HEADERS, name, "names of fields, without blanks and colons");
            }
            for (Object each : value instanceof List<?> list ? list : List.of(value == null ? "" : value)) {
                String text = String.valueOf(each);
                if (each instanceof Map || text.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f)) {
                    throw new InvalidQuestionException(
                            HEADERS + "." + name, text, "a text of one line, or a list of them");
                }
                headers.add(name, text);
            }
        });
        return headers;
    }

    /** Never asks a resolver. */
    private static InetAddress address(@Nullable Object written) {
        if (written == null) {
            return InetAddress.getLoopbackAddress();
        }
        String text = written.toString().toLowerCase(Locale.ROOT);
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        boolean literal = NetUtil.isValidIpV4Address(bare) || bare.indexOf('%') < 0 && NetUtil.isValidIpV6Address(bare);
        InetAddress address = literal ? NetUtil.createInetAddressFromIpAddressString(bare) : null;
        if (address == null) {
            throw new InvalidQuestionException(CLIENT_ADDRESS, written, "an address like 192.0.2.7 or 2001:db8::7");
        }
        return address;
    }

    private static long size(@Nullable Object written) {
        if (written == null) {
            return 0;
        }
        try {
            long size = Long.parseLong(written.toString());
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new InvalidQuestionException(BODY_SIZE, written, "a number of bytes, 0 or more");
    }

    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> c >= 'a' && c <= 'z'
                                || c >= 'A' && c <= 'Z'
                                || c >= '0' && c <= '9'
                                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }
}
