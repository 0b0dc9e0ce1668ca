package dev.meridian.gateway.compat;

import static dev.meridian.gateway.compat.Call.get;
import static dev.meridian.gateway.compat.Call.post;
import static dev.meridian.gateway.compat.FilterRow.filter;
import static dev.meridian.testkit.backend.Behaviour.answer;
import static dev.meridian.testkit.backend.Behaviour.chunked;
import static dev.meridian.testkit.backend.Behaviour.closeWithoutAnswer;
import static dev.meridian.testkit.backend.Behaviour.echo;
import static dev.meridian.testkit.backend.Behaviour.inTurn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.http.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The table of the stock filters; the routes stand in {@code compat/stock.yml} and {@link StockJavaRoutes}. */
final class StockFilters {

    private static final Behaviour ITEM = answer(
            200,
            Headers.of("Content-Type", "application/json"),
            "{\"id\":1,\"name\":\"shirt\",\"color\":\"red\",\"parts\":[{\"id\":2,\"name\":\"sleeve\"}]}");

    private StockFilters() {}

    static Stream<FilterRow> rows() {
        return Stream.of(requests(), paths(), responses(), bodies(), retries(), breakers())
                .flatMap(rows -> rows);
    }

    private static Stream<FilterRow> requests() {
        return Stream.of(
                filter(
                        "AddRequestHeader",
                        "adds a field, with a variable of the path",
                        get("/f/add-request-header/sky", "X-Request-Red", "Green"),
                        seen -> assertThat(seen.sent("X-Request-Red")).containsExactly("Green", "Blue-sky")),
                filter(
                        "AddRequestHeadersIfNotPresent",
                        "adds what is missing and keeps what is there",
                        get("/f/add-request-headers-if-not-present", "X-Color-1", "red"),
                        seen -> {
                            assertThat(seen.sent("X-Color-1")).containsExactly("red");
                            assertThat(seen.sent("X-Color-2")).containsExactly("green", "lime");
                        }),
                filter(
                        "AddRequestParameter",
                        "adds a parameter behind the others",
                        get("/f/add-request-parameter?a=1"),
                        seen -> assertThat(seen.passed().request().target())
                                .isEqualTo("/f/add-request-parameter?a=1&red=blue")),
                filter(
                        "AddRequestParameter",
                        "leaves what is encoded as it is",
                        get("/f/add-request-parameter?a=x%20y%26z"),
                        seen -> assertThat(seen.passed().request().target())
                                .isEqualTo("/f/add-request-parameter?a=x%20y%26z&red=blue")),
                filter(
                        "MapRequestHeader",
                        "copies a field's values",
                        get("/f/map-request-header", "Blue", "1", "Blue", "2"),
                        seen -> {
                            assertThat(seen.sent("X-Request-Red")).containsExactly("1", "2");
                            assertThat(seen.sent("Blue")).containsExactly("1", "2");
                        }),
                filter(
                        "PreserveHostHeader",
                        "sends the client's Host",
                        get("/f/preserve-host-header", "Host", "shop.example:8443"),
                        seen -> assertThat(seen.sent("Host")).containsExactly("shop.example:8443")),
                filter(
                        "RemoveRequestHeader",
                        "removes all values of a field",
                        get(
                                "/f/remove-request-header",
                                "X-Request-Foo",
                                "1",
                                "x-request-foo",
                                "2",
                                "X-Request-Bar",
                                "3"),
                        seen -> {
                            assertThat(seen.sent("X-Request-Foo")).isEmpty();
                            assertThat(seen.sent("X-Request-Bar")).containsExactly("3");
                        }),
                filter(
                        "RemoveRequestHeader",
                        "of Content-Length leaves the body, then chunked",
                        post("/f/remove-content-length", "a body"),
                        seen -> {
                            assertThat(seen.passed().request().body().text()).isEqualTo("a body");
                            assertThat(seen.sent("Transfer-Encoding")).containsExactly("chunked");
                        }),
                filter(
                        "RemoveRequestParameter",
                        "removes a parameter and leaves the others encoded",
                        get("/f/remove-request-parameter?a=x%20y&red=1&b=2&red=3"),
                        seen -> assertThat(seen.passed().request().target())
                                .isEqualTo("/f/remove-request-parameter?a=x%20y&b=2")),
                filter(
                        "RequestHeaderSize",
                        "refuses a field that is too long with 431",
                        get("/f/request-header-size", "X-Long", "x".repeat(100)),
                        seen -> {
                            assertThat(seen.answer().status()).isEqualTo(431);
                            assertThat(seen.received("errorMessage"))
                                    .singleElement()
                                    .asString()
                                    .contains("X-Long");
                            assertThat(seen.first()).isEmpty();
                        }),
                filter(
                        "RequestHeaderSize",
                        "lets shorter fields pass",
                        get("/f/request-header-size", "X-Short", "x".repeat(50)),
                        seen -> assertThat(seen.sent("X-Short")).hasSize(1)),
                filter(
                        "RequestHeaderToRequestUri",
                        "sends the request where a field says",
                        get("/f/request-header-to-request-uri", "X-New-Url", Backends.SECOND.url() + "/new?q=1"),
                        seen -> {
                            assertThat(seen.passed().first()).isEmpty();
                            assertThat(seen.second())
                                    .extracting(Recorded::target)
                                    .containsExactly("/new?q=1");
                        }),
                filter(
                        "RequestHeaderToRequestUri",
                        "leaves a request without the field alone",
                        get("/f/request-header-to-request-uri"),
                        seen -> assertThat(seen.passed().request().path())
                                .isEqualTo("/f/request-header-to-request-uri")),
                filter(
                        "RequestSize",
                        "refuses a body that is too large with 413",
                        post("/f/request-size", "123456"),
                        seen -> {
                            assertThat(seen.answer().status()).isEqualTo(413);
                            assertThat(seen.received("errorMessage"))
                                    .containsExactly("Request size is larger than permissible limit."
                                            + " Request size is 6 B where permissible limit is 5 B");
                            assertThat(seen.first()).isEmpty();
                        }),
                filter(
                        "RequestSize",
                        "lets a smaller body pass",
                        post("/f/request-size", "12345"),
                        seen -> assertThat(seen.passed().request().body().text())
                                .isEqualTo("12345")),
                filter(
                        "RewriteRequestParameter",
                        "replaces a parameter's value",
                        get("/f/rewrite-request-parameter?a=x%20y&campaign=old"),
                        seen -> assertThat(seen.passed().request().target())
                                .isEqualTo("/f/rewrite-request-parameter?a=x%20y&campaign=fall2023")),
                filter("SaveSession", "lets a request without a session pass", get("/f/save-session"), seen -> {
                    assertThat(seen.passed().request().path()).isEqualTo("/f/save-session");
                    assertThat(seen.received("Set-Cookie")).isEmpty();
                }),
                filter(
                        "SetRequestHeader",
                        "replaces all values of a field",
                        get("/f/set-request-header/sky", "X-Request-Red", "1", "X-Request-Red", "2"),
                        seen -> assertThat(seen.sent("X-Request-Red")).containsExactly("Blue-sky")),
                filter(
                        "SetRequestHostHeader",
                        "replaces the Host",
                        get("/f/set-request-host-header", "Host", "shop.example"),
                        seen -> assertThat(seen.sent("Host")).containsExactly("example.org")));
    }

    private static Stream<FilterRow> paths() {
        return Stream.of(
                filter(
                        "PrefixPath",
                        "puts a prefix before the path",
                        get("/f/prefix-path?a=b%20c"),
                        seen -> assertThat(seen.passed().request().target())
                                .isEqualTo("/mypath/f/prefix-path?a=b%20c")),
                filter("RedirectTo", "answers with the status and the location", get("/f/redirect-to?a=b"), seen -> {
                    assertThat(seen.answer().status()).isEqualTo(302);
                    assertThat(seen.received("Location")).containsExactly("https://acme.example");
                    assertThat(seen.first()).isEmpty();
                }),
                filter("RedirectTo", "keeps the parameters if told to", get("/f/redirect-to-with-params?a=b"), seen -> {
                    assertThat(seen.answer().status()).isEqualTo(301);
                    assertThat(seen.received("Location")).containsExactly("https://acme.example/found?a=b");
                }),
                filter(
                        "RewritePath",
                        "rewrites by a regular expression",
                        get("/f/rewrite-path/a%20b/c?d=e"),
                        seen -> assertThat(seen.passed().request().target()).isEqualTo("/a%20b/c?d=e")),
                filter(
                        "SetPath",
                        "fills a template with the variables of the path",
                        get("/f/set-path/sky?a=b"),
                        seen -> assertThat(seen.passed().request().target()).isEqualTo("/set/sky/path?a=b")),
                filter(
                        "StripPrefix",
                        "takes off segments",
                        get("/f/strip-prefix/a%2Fb/c/?d=e"),
                        seen -> assertThat(seen.passed().request().target()).isEqualTo("/a%2Fb/c/?d=e")),
                filter(
                        "SetRequestUri",
                        "sends the request elsewhere, with the variables of the path",
                        get("/f/set-request-uri/sky"),
                        seen -> {
                            assertThat(seen.passed().first()).isEmpty();
                            assertThat(seen.second())
                                    .extracting(Recorded::target)
                                    .containsExactly("/set-uri/sky?q=1");
                        }));
    }

    private static Stream<FilterRow> responses() {
        return Stream.of(
                filter(
                                "LocalResponseCache",
                                "keeps an answer, and tells for how long",
                                get("/f/local-response-cache"),
                                seen -> assertThat(seen.passed().received("Cache-Control"))
                                        .anyMatch(value -> value.contains("max-age=")))
                        .answering(answer(200, Headers.of("Content-Type", "text/plain"), "kept")),
                filter(
                                "AddResponseHeader",
                                "adds a field",
                                get("/f/add-response-header"),
                                seen -> assertThat(seen.passed().received("X-Response-Red"))
                                        .containsExactly("Green", "Blue"))
                        .answering(answer(200, Headers.of("X-Response-Red", "Green"), "ok")),
                filter(
                                "AddResponseHeader",
                                "without override adds only what is missing",
                                get("/f/add-response-header"),
                                seen -> assertThat(seen.passed().received("X-Response-Kept"))
                                        .containsExactly("backend"))
                        .answering(answer(200, Headers.of("X-Response-Kept", "backend"), "ok")),
                filter("DedupeResponseHeader", "keeps the first value", get("/f/dedupe-response-header"), seen -> {
                            assertThat(seen.passed().received("X-First")).containsExactly("1");
                            assertThat(seen.received("X-Single")).containsExactly("4");
                        })
                        .answering(answer(
                                200,
                                Headers.of("X-First", "1", "X-First", "2", "X-First", "1", "X-Single", "4"),
                                "ok")),
                filter(
                                "DedupeResponseHeader",
                                "keeps the distinct values",
                                get("/f/dedupe-response-header-unique"),
                                seen -> assertThat(seen.passed().received("X-First"))
                                        .containsExactly("1", "2"))
                        .answering(answer(200, Headers.of("X-First", "1", "X-First", "2", "X-First", "1"), "ok")),
                filter("RemoveResponseHeader", "removes all values", get("/f/remove-response-header"), seen -> {
                            assertThat(seen.passed().received("X-Response-Foo")).isEmpty();
                            assertThat(seen.received("X-Response-Bar")).containsExactly("3");
                        })
                        .answering(answer(
                                200,
                                Headers.of("X-Response-Foo", "1", "x-response-foo", "2", "X-Response-Bar", "3"),
                                "ok")),
                filter(
                                "RewriteLocationResponseHeader",
                                "puts the client's host in and takes the version off",
                                get("/f/rewrite-location", "Host", "front.example:8443"),
                                seen -> assertThat(seen.received("Location"))
                                        .containsExactly("http://front.example:8443/some/object"))
                        .answering(answer(201, Headers.of("Location", "http://backend.example:81/v2/some/object"), "")),
                filter(
                                "RewriteLocationResponseHeader",
                                "puts a given host in and keeps the version",
                                get("/f/rewrite-location-host"),
                                seen -> assertThat(seen.received("Location"))
                                        .containsExactly("http://front.example/v2/some/object"))
                        .answering(answer(201, Headers.of("Location", "http://backend.example:81/v2/some/object"), "")),
                filter(
                                "RewriteResponseHeader",
                                "replaces within the value",
                                get("/f/rewrite-response-header"),
                                seen -> assertThat(seen.received("X-Response-Red"))
                                        .containsExactly("/42?user=ford&password=***&flag=true"))
                        .answering(answer(
                                200, Headers.of("X-Response-Red", "/42?user=ford&password=omg!what&flag=true"), "ok")),
                filter("SecureHeaders", "adds the recommended fields", get("/f/secure-headers"), seen -> {
                            assertThat(seen.passed().received("X-Xss-Protection"))
                                    .containsExactly("1 ; mode=block");
                            assertThat(seen.received("Strict-Transport-Security"))
                                    .containsExactly("max-age=631138519");
                            assertThat(seen.received("X-Frame-Options")).containsExactly("SAMEORIGIN");
                            assertThat(seen.received("X-Content-Type-Options")).containsExactly("nosniff");
                            assertThat(seen.received("Referrer-Policy")).containsExactly("no-referrer");
                            assertThat(seen.received("Content-Security-Policy")).hasSize(1);
                            assertThat(seen.received("X-Download-Options")).containsExactly("noopen");
                            assertThat(seen.received("X-Permitted-Cross-Domain-Policies"))
                                    .containsExactly("none");
                        })
                        .answering(answer(200, Headers.of("X-Frame-Options", "SAMEORIGIN"), "ok")),
                filter("SecureHeaders", "takes the route's own settings", get("/f/secure-headers-args"), seen -> {
                    assertThat(seen.passed().received("X-Frame-Options")).isEmpty();
                    assertThat(seen.received("Strict-Transport-Security")).isEmpty();
                    assertThat(seen.received("Permissions-Policy"))
                            .containsExactly("geolocation=(\"https://example.net\")");
                    assertThat(seen.received("X-Content-Type-Options")).containsExactly("nosniff");
                }),
                filter(
                                "SetResponseHeader",
                                "replaces all values",
                                get("/f/set-response-header/sky"),
                                seen -> assertThat(seen.passed().received("X-Response-Red"))
                                        .containsExactly("Blue-sky"))
                        .answering(answer(200, Headers.of("X-Response-Red", "1", "X-Response-Red", "2"), "ok")),
                filter("SetStatus", "replaces the status by name", get("/f/set-status"), seen -> {
                    assertThat(seen.answer().status()).isEqualTo(401);
                    assertThat(seen.request().path()).isEqualTo("/f/set-status");
                }),
                filter(
                        "SetStatus",
                        "replaces the status by number",
                        get("/f/set-status-number"),
                        seen -> assertThat(seen.answer().status()).isEqualTo(418)));
    }

    private static Stream<FilterRow> bodies() {
        return Stream.of(
                filter(
                        "CacheRequestBody",
                        "passes the body on",
                        post("/f/cache-request-body", "a body"),
                        seen -> assertThat(seen.passed().request().body().text())
                                .isEqualTo("a body")),
                filter(
                        "CacheRequestBody",
                        "lets a request without a body pass",
                        get("/f/cache-request-body"),
                        seen -> assertThat(seen.passed().request().body().length())
                                .isZero()),
                filter(
                        "CacheRequestBody",
                        "shows the body to later filters",
                        post("/f/cache-request-body-seen", "a body"),
                        seen -> {
                            assertThat(seen.sent("X-Cached")).containsExactly("a body");
                            assertThat(seen.request().body().text()).isEqualTo("a body");
                        }),
                filter(
                        "ModifyRequestBody",
                        "replaces the body and its length",
                        post("/f/modify-request-body", "hello", "Content-Type", "text/plain"),
                        seen -> {
                            assertThat(seen.passed().request().body().text()).isEqualTo("{\"said\":\"HELLO\"}");
                            assertThat(seen.sent("Content-Type"))
                                    .singleElement()
                                    .asString()
                                    .startsWith("application/json");
                        }),
                filter(
                        "ModifyRequestBody",
                        "makes a body where there was none",
                        get("/f/modify-request-body"),
                        seen -> assertThat(seen.passed().request().body().text())
                                .isEqualTo("{\"said\":\"NOTHING\"}")),
                filter(
                                "ModifyResponseBody",
                                "replaces the body and its length",
                                get("/f/modify-response-body"),
                                seen -> {
                                    assertThat(seen.passed().answer().text()).isEqualTo("HELLO, HELLO");
                                    assertThat(seen.received("Content-Length")).containsExactly("12");
                                    assertThat(seen.received("X-Backend")).containsExactly("yes");
                                })
                        .answering(answer(200, Headers.of("Content-Type", "text/plain", "X-Backend", "yes"), "hello")),
                filter(
                                "ModifyResponseBody",
                                "takes a chunked body",
                                get("/f/modify-response-body"),
                                seen -> assertThat(seen.passed().answer().text())
                                        .isEqualTo("HELLO, HELLO"))
                        .answering(chunked(List.of("he", "llo"), Duration.ofMillis(10))),
                filter(
                                "ModifyResponseBody",
                                "takes and makes a body in gzip",
                                get("/f/modify-response-body", "Accept-Encoding", "gzip"),
                                seen -> assertThat(gunzip(seen.passed().answer().body()))
                                        .isEqualTo("HELLO, HELLO"))
                        .answering(answer(
                                200,
                                Headers.of("Content-Type", "text/plain", "Content-Encoding", "gzip"),
                                gzip("hello"))),
                filter(
                                "RemoveJsonAttributesResponseBody",
                                "removes members of the outermost object",
                                get("/f/remove-json-attributes"),
                                seen -> assertThat(seen.passed().answer().text())
                                        .isEqualTo("{\"name\":\"shirt\",\"parts\":[{\"id\":2,\"name\":\"sleeve\"}]}"))
                        .answering(ITEM),
                filter(
                                "RemoveJsonAttributesResponseBody",
                                "removes members everywhere if told to",
                                get("/f/remove-json-attributes-recursively"),
                                seen -> assertThat(seen.passed().answer().text())
                                        .isEqualTo("{\"name\":\"shirt\",\"parts\":[{\"name\":\"sleeve\"}]}"))
                        .answering(ITEM));
    }

    private static Stream<FilterRow> retries() {
        return Stream.of(
                filter("Retry", "repeats a GET without a body on 503", get("/f/retry"), seen -> {
                            assertThat(seen.passed().first()).hasSize(3);
                            assertThat(seen.received("X-Try"))
                                    .as("of failed attempts")
                                    .isEmpty();
                        })
                        .answering(inTurn(unavailable("1"), unavailable("2"), echo())),
                filter("Retry", "gives the last answer when none is better", get("/f/retry"), seen -> {
                            assertThat(seen.answer().status()).isEqualTo(503);
                            assertThat(seen.received("X-Try")).containsExactly("3");
                            assertThat(seen.answer().text()).isEqualTo("try 3");
                            assertThat(seen.first()).hasSize(3);
                        })
                        .answering(inTurn(unavailable("1"), unavailable("2"), unavailable("3"), echo())),
                filter(
                                "Retry",
                                "repeats a GET whose connection was closed",
                                get("/f/retry"),
                                seen -> assertThat(seen.passed().first()).hasSizeGreaterThanOrEqualTo(2))
                        .answering(inTurn(closeWithoutAnswer(), echo())),
                filter("Retry", "leaves other methods alone", post("/f/retry", "body"), seen -> {
                            assertThat(seen.answer().status()).isEqualTo(503);
                            assertThat(seen.first()).hasSize(1);
                        })
                        .answering(inTurn(unavailable("1"), echo())),
                filter(
                                "Retry",
                                "sends the body again",
                                post("/f/retry-with-body", "the body"),
                                seen -> assertThat(seen.passed().first())
                                        .hasSize(3)
                                        .allSatisfy(request -> assertThat(
                                                        request.body().text())
                                                .isEqualTo("the body")))
                        .answering(inTurn(answer(502, "no"), answer(502, "no"), echo())));
    }

    private static Stream<FilterRow> breakers() {
        return Stream.of(
                filter("CircuitBreaker", "leads to the fallback", get("/f/circuit-breaker"), seen -> {
                            assertThat(seen.passed().first())
                                    .extracting(request -> request.path())
                                    .containsExactly("/f/circuit-breaker", "/fallback/stock");
                            assertThat(seen.received("X-Try")).isEmpty();
                        })
                        .answering(inTurn(unavailable("1"), echo())),
                filter(
                                "CircuitBreaker",
                                "leads to the fallback, with the body",
                                post("/f/circuit-breaker", "the body"),
                                seen -> assertThat(seen.passed().first())
                                        .hasSize(2)
                                        .allSatisfy(request -> assertThat(
                                                        request.body().text())
                                                .isEqualTo("the body")))
                        .answering(inTurn(unavailable("1"), echo())),
                filter(
                        "CircuitBreaker",
                        "leaves a good answer alone",
                        get("/f/circuit-breaker"),
                        seen -> assertThat(seen.passed().request().path()).isEqualTo("/f/circuit-breaker")),
                filter(
                                "FallbackHeaders",
                                "tell what went wrong",
                                get("/f/circuit-breaker"),
                                seen -> assertThat(seen.passed()
                                                .first()
                                                .get(1)
                                                .headers()
                                                .all("Execution-Exception-Type"))
                                        .hasSize(1))
                        .answering(inTurn(unavailable("1"), echo())));
    }

    private static Behaviour unavailable(String number) {
        return answer(503, Headers.of("X-Try", number), "try " + number);
    }

    private static byte[] gzip(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String gunzip(byte[] bytes) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
