package dev.meridian.filters.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.client.Answer;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.test.StepVerifier;

class GatewayErrorHandlerTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final List<ErrorWebExceptionHandler> applications = new ArrayList<>();
    private final GatewayErrorHandler handler = new GatewayErrorHandler(() -> applications);
    private final MockServerWebExchange exchange = MockServerWebExchange.from(
            MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://gateway/orders/a%20b?x=1")));
    private final GatewayExchange own = GatewayExchange.require(exchange.getAttributes());

    GatewayErrorHandlerTests() {
        own.trace(TRACE, "00f067aa0ba902b7", "01", true);
    }

    // ---- our own failures

    @ParameterizedTest
    @EnumSource(Failure.class)
    void handle_failure_isAnsweredAsItSays(Failure failure) {
        Answer answer = handle(GatewayException.of(failure));

        ProblemAssert.assertThat(answer)
                .hasStatus(failure.status())
                .isProblem()
                .hasType("urn:meridian:problem:"
                        + failure.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .hasTitle(failure.title())
                .hasDetail(failure.title())
                .hasInstance("/orders/a%20b")
                .hasTraceId(TRACE);
        if (failure.status() >= 500) {
            ProblemAssert.assertThat(answer).hasProxy("meridian").hasProxyError(failure.proxyError());
        } else {
            ProblemAssert.assertThat(answer).hasNoProxyStatus();
        }
        if (failure.status() == 503) {
            ProblemAssert.assertThat(answer).hasRetryAfter(Duration.ofSeconds(1));
        } else {
            ProblemAssert.assertThat(answer).hasNoRetryAfter();
        }
        assertThat(answer.headers().first("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().first("Content-Length")).hasValue(Integer.toString(answer.body().length));
        assertThat(own.failure()).isEqualTo(failure.proxyError());
    }

    /** RFC 9209 §2.3 registers these; anything else a reader would not know. */
    @ParameterizedTest
    @EnumSource(Failure.class)
    void failure_proxyError_isARegisteredType(Failure failure) {
        assertThat(failure.proxyError())
                .isIn(
                        "dns_timeout",
                        "dns_error",
                        "destination_not_found",
                        "destination_unavailable",
                        "destination_ip_prohibited",
                        "destination_ip_unroutable",
                        "connection_refused",
                        "connection_terminated",
                        "connection_timeout",
                        "connection_read_timeout",
                        "connection_write_timeout",
                        "connection_limit_reached",
                        "tls_protocol_error",
                        "tls_certificate_error",
                        "tls_alert_received",
                        "http_request_error",
                        "http_request_denied",
                        "http_response_incomplete",
                        "http_response_timeout",
                        "http_upgrade_failed",
                        "http_protocol_error",
                        "proxy_internal_response",
                        "proxy_internal_error",
                        "proxy_configuration_error",
                        "proxy_loop_detected");
    }

    @Test
    void handle_failureWithADetail_tellsIt() {
        ProblemAssert.assertThat(handle(GatewayException.of(Failure.CONNECTION_WRITE_TIMEOUT, "The client stalls")))
                .hasTitle(Failure.CONNECTION_WRITE_TIMEOUT.title())
                .hasDetail("The client stalls");
    }

    @Test
    void handle_failureWithACause_tellsNothingOfIt() {
        IOException cause = new IOException("connect to 10.1.2.3:8080 failed");

        ProblemAssert.assertThat(handle(GatewayException.unsent(Failure.CONNECTION_REFUSED, cause)))
                .hasStatus(502)
                .doesNotMention("10.1.2.3", "8080", "IOException");
    }

    @Test
    void exception_isCheapAndKnowsWhetherAnythingWasSent() {
        assertThat(GatewayException.of(Failure.DNS_ERROR).getStackTrace()).isEmpty();
        assertThat(GatewayException.of(Failure.DNS_ERROR).requestUnsent()).isFalse();
        assertThat(GatewayException.unsent(Failure.DNS_ERROR, null).requestUnsent())
                .isTrue();
        // Stock Retry repeats IOException and TimeoutException.
        assertThat(IOException.class).isAssignableFrom(GatewayException.class);
    }

    // ---- Spring's

    static Stream<Arguments> springExceptions() {
        return Stream.of(
                Arguments.of(
                        NotFoundException.create(false, "Unable to find instance for orders"),
                        503,
                        "urn:meridian:problem:destination-unavailable",
                        "No upstream available"),
                Arguments.of(
                        new DataBufferLimitException("Exceeded limit on max bytes to buffer : 10"),
                        413,
                        "urn:meridian:problem:request-too-large",
                        "Request body too large"),
                Arguments.of(
                        new TimeoutException("Response took longer than timeout: PT1S"),
                        504,
                        "urn:meridian:problem:http-response-timeout",
                        "Upstream did not answer in time"),
                Arguments.of(
                        new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT, "slow", new TimeoutException("x")),
                        504,
                        "urn:meridian:problem:http-response-timeout",
                        "Upstream did not answer in time"),
                Arguments.of(
                        new IllegalStateException(new TimeoutException("x")),
                        504,
                        "urn:meridian:problem:http-response-timeout",
                        "Upstream did not answer in time"),
                Arguments.of(
                        new ResponseStatusException(HttpStatus.FORBIDDEN, "not yours"),
                        403,
                        "about:blank",
                        "Forbidden"),
                Arguments.of(new ResponseStatusException(HttpStatus.NOT_FOUND), 404, "about:blank", "Not Found"),
                Arguments.of(
                        new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "shed"),
                        503,
                        "about:blank",
                        "Service Unavailable"),
                Arguments.of(
                        new ResponseStatusException(HttpStatusCode.valueOf(499)), 499, "about:blank", "Status 499"),
                Arguments.of(new NoResourceFoundException(URI.create("/x"), "x"), 404, "about:blank", "Not Found"),
                Arguments.of(new ServerWebInputException("bad"), 400, "about:blank", "Bad Request"),
                Arguments.of(
                        new UnsupportedMediaTypeStatusException("bad"), 415, "about:blank", "Unsupported Media Type"),
                Arguments.of(
                        new NotAcceptableStatusException(List.of(MediaType.TEXT_HTML)),
                        406,
                        "about:blank",
                        "Not Acceptable"),
                Arguments.of(
                        new IllegalStateException("bug at 10.1.2.3"),
                        500,
                        "urn:meridian:problem:internal-error",
                        "The gateway could not handle the request"),
                Arguments.of(
                        new StackOverflowError(),
                        500,
                        "urn:meridian:problem:internal-error",
                        "The gateway could not handle the request"));
    }

    @ParameterizedTest
    @MethodSource("springExceptions")
    void handle_springsException_hasItsStatus(Throwable error, int status, String type, String title) {
        ProblemAssert.assertThat(handle(error))
                .hasStatus(status)
                .isProblem()
                .hasType(type)
                .hasTitle(title)
                .hasTraceId(TRACE)
                .doesNotMention("10.1.2.3", "Exception", "PT1S");
    }

    @Test
    void handle_methodNotAllowed_saysWhichAre() {
        Answer answer = handle(new MethodNotAllowedException("POST", List.of(HttpMethod.GET, HttpMethod.HEAD)));

        ProblemAssert.assertThat(answer).hasStatus(405).isProblem();
        assertThat(answer.headers().all("Allow")).anyMatch(value -> value.contains("GET"));
    }

    @Test
    void handle_noRoute_saysSo() {
        ProblemAssert.assertThat(handle(new NoResourceFoundException(URI.create("/orders"), "orders")))
                .hasDetail("No route matches the request.")
                .hasNoProxyStatus();
    }

    @Test
    void handle_notFoundOnARoute_keepsItsReason() {
        own.routeId("orders");

        ProblemAssert.assertThat(handle(new ResponseStatusException(HttpStatus.NOT_FOUND, "no such order")))
                .hasDetail("no such order");
    }

    /** Stock: {@code spring.cloud.gateway.server.webflux.loadbalancer.use404}. */
    @Test
    void handle_notFoundThatAsksFor404_is404() {
        ProblemAssert.assertThat(handle(NotFoundException.create(true, "Unable to find instance for orders")))
                .hasStatus(404)
                .isProblem();
    }

    /** Boot's handler honours the annotation, and ours stands before it. */
    @Test
    void handle_exceptionWithAnAnnotatedStatus_hasThatStatus() {
        ProblemAssert.assertThat(handle(new Conflict())).hasStatus(409).isProblem();
    }

    @Test
    void handle_internalError_hidesWhatItWas() {
        ProblemAssert.assertThat(handle(new IllegalStateException("password=hunter2")))
                .hasStatus(500)
                .hasProxyError("proxy_internal_error")
                .hasDetail("The trace id names the entry in the gateway's log.")
                .doesNotMention("hunter2");
    }

    // ---- the application's own handlers

    @Test
    void handle_applicationsHandlerAnswers_isLeftAtThat() {
        applications.add((on, error) -> {
            on.getResponse().setStatusCode(HttpStatus.I_AM_A_TEAPOT);
            return on.getResponse().setComplete();
        });

        assertThat(handle(new IllegalStateException("x")).status()).isEqualTo(418);
    }

    @Test
    void handle_applicationsHandlersPassOn_isAnsweredHere() {
        List<String> asked = new ArrayList<>();
        applications.add((on, error) -> {
            asked.add("first " + error.getMessage());
            return Mono.error(new IllegalStateException("changed"));
        });
        applications.add((on, error) -> {
            asked.add("second " + error.getMessage());
            return Mono.error(GatewayException.of(Failure.DNS_ERROR));
        });

        ProblemAssert.assertThat(handle(new IllegalStateException("x")))
                .hasStatus(502)
                .hasProxyError("dns_error");
        assertThat(asked).containsExactly("first x", "second changed");
    }

    @Test
    void handle_applicationsHandlerThrows_isAnsweredHere() {
        applications.add((on, error) -> {
            throw new IllegalStateException("bug in the handler");
        });

        ProblemAssert.assertThat(handle(GatewayException.of(Failure.DNS_ERROR)))
                .hasStatus(500)
                .isProblem();
    }

    // ---- the response's state

    @Test
    void handle_committed_passesTheErrorOnAndNotesIt() {
        exchange.getResponse().setComplete().block(SOON);
        GatewayException error = GatewayException.of(Failure.HTTP_RESPONSE_INCOMPLETE);

        StepVerifier.create(handler.handle(exchange, error))
                .expectErrorMatches(e -> e == error)
                .verify(SOON);

        assertThat(own.failure()).isEqualTo("http_response_incomplete");
    }

    @Test
    void handle_committedWithAnyOtherError_passesItOn() {
        exchange.getResponse().setComplete().block(SOON);
        IllegalStateException error = new IllegalStateException("late");

        StepVerifier.create(handler.handle(exchange, error))
                .expectErrorMatches(e -> e == error)
                .verify(SOON);

        assertThat(own.failure()).isNull();
    }

    @Test
    void handle_clientIsGone_writesNothing() {
        StepVerifier.create(handler.handle(exchange, AbortedException.beforeSend()))
                .expectComplete()
                .verify(SOON);

        assertThat(exchange.getResponse().isCommitted()).isFalse();
    }

    /** The stock client's errors come as they are: a reset by the upstream must not become an empty 200. */
    @Test
    void handle_connectionResetByAnUpstream_isNotTakenForTheClients() {
        assumeTrue(Epoll.isAvailable(), "native transport");

        Answer answer = handle(new Errors.NativeIoException("recvAddress", Errors.ERRNO_ECONNRESET_NEGATIVE));

        assertThat(answer.status()).as("what an answer without one becomes").isNotEqualTo(200);
    }

    @Test
    void handle_halfMadeResponse_leavesNothingOfItInTheHeader() {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        Map.of(
                        "Content-Encoding", "gzip",
                        "ETag", "\"1\"",
                        "Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT",
                        "Content-Length", "99999",
                        "Content-Type", "image/png",
                        "Cache-Control", "public, max-age=600",
                        "Content-Disposition", "attachment; filename=a.png",
                        "Content-Language", "de",
                        "Content-Range", "bytes 0-9/100",
                        "Expires", "Thu, 01 Jan 2099 00:00:00 GMT")
                .forEach(headers::set);
        headers.set("X-Kept", "yes");

        Answer answer = handle(GatewayException.of(Failure.HTTP_PROTOCOL_ERROR));

        ProblemAssert.assertThat(answer).isProblem();
        List<String> left = new ArrayList<>();
        for (String name : new String[] {
            "Content-Encoding",
            "ETag",
            "Last-Modified",
            "Content-Disposition",
            "Content-Language",
            "Content-Range",
            "Expires"
        }) {
            answer.headers().first(name).ifPresent(value -> left.add(name));
        }
        assertThat(left).as("fields that describe another body").isEmpty();
        assertThat(answer.headers().first("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().first("X-Kept")).hasValue("yes");
    }

    @Test
    void handle_retryAfterOfTheException_stays() {
        ResponseStatusException error = new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE) {
            private static final long serialVersionUID = 1L;

            @Override
            public HttpHeaders getHeaders() {
                HttpHeaders headers = new HttpHeaders();
                headers.set("Retry-After", "120");
                return headers;
            }
        };

        ProblemAssert.assertThat(handle(error)).hasRetryAfter(Duration.ofSeconds(120));
    }

    @Test
    void handle_notSubscribed_writesNothing() {
        handler.handle(exchange, GatewayException.of(Failure.DNS_ERROR));

        assertThat(exchange.getResponse().isCommitted()).isFalse();
    }

    @Test
    void order_isBeforeBootsHandler() {
        assertThat(handler.getOrder()).isLessThan(-1);
    }

    private Answer handle(Throwable error) {
        StepVerifier.create(handler.handle(exchange, error)).expectComplete().verify(SOON);
        ServerHttpResponse response = exchange.getResponse();
        byte[] body = response.isCommitted() ? body((MockServerHttpResponse) response) : new byte[0];
        HttpStatusCode status = response.getStatusCode();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        response.getHeaders().forEach(headers::put);
        return Answer.of(status == null ? 200 : status.value(), headers, body);
    }

    private static byte[] body(MockServerHttpResponse response) {
        return Objects.requireNonNull(DataBufferUtils.join(response.getBody())
                .map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    return bytes;
                })
                .defaultIfEmpty(new byte[0])
                .block(SOON));
    }

    @ResponseStatus(HttpStatus.CONFLICT)
    private static final class Conflict extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }
}
