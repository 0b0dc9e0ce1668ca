package dev.meridian.filters.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.problem.OverloadException;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.upstream.Endpoint;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class FallbackFilterTests {

    private static final Duration MOST = Duration.ofSeconds(5);
    private static final GatewayException REFUSED = GatewayException.of(Failure.CONNECTION_REFUSED);
    private static final Fallback SORRY = new Fallback.Static(203, Map.of("X-Sorry", "yes"), "closed");
    private static final Fallback STANDBY = new Fallback.OtherUpstream(URI.create("lb://standby"));

    private final MockServerWebExchange get = MockServerWebExchange.from(MockServerHttpRequest.get("/a"));
    private final AtomicInteger runs = new AtomicInteger();

    private static FallbackFilter filter(Fallback fallback, StatusRange... failed) {
        return new FallbackFilter(fallback, List.of(failed), () -> {
            throw new IllegalStateException("nothing is dispatched");
        });
    }

    private static GatewayExchange own(ServerWebExchange exchange) {
        return GatewayExchange.require(exchange.getAttributes());
    }

    private static MockServerWebExchange post() {
        return MockServerWebExchange.from(
                MockServerHttpRequest.post("/a").contentLength(4).body("body"));
    }

    private static void sent(ServerWebExchange exchange) {
        own(exchange).chosen(null, "orders", new Endpoint("http", "a", 80, 1, null, Map.of()));
        own(exchange).attemptStarted(1);
    }

    /** Fails the first time, answers the second. */
    private GatewayFilterChain failing(Throwable failure) {
        return exchange -> runs.getAndIncrement() == 0 ? Mono.error(failure) : Mono.empty();
    }

    private static void run(FallbackFilter filter, ServerWebExchange exchange, GatewayFilterChain chain) {
        filter.filter(exchange, chain).block(MOST);
    }

    private static Stream<Arguments> upstreamsFailures() {
        return Stream.of(
                Arguments.of(REFUSED, "connection_refused"),
                Arguments.of(GatewayException.of(Failure.TOTAL_TIMEOUT), "http_response_timeout"),
                Arguments.of(OverloadException.ofUpstream(), "destination_unavailable"),
                Arguments.of(new NotFoundException("nobody"), "destination_unavailable"),
                Arguments.of(new TimeoutException(), "http_response_timeout"),
                Arguments.of(new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE), "destination_unavailable"));
    }

    @ParameterizedTest
    @MethodSource("upstreamsFailures")
    void upstreamFails_answersAsWritten(Throwable failure, String kind) {
        run(filter(SORRY), get, failing(failure));

        assertThat(get.getResponse().getStatusCode()).isEqualTo(HttpStatusCode.valueOf(203));
        assertThat(get.getResponse().getHeaders().getFirst("X-Sorry")).isEqualTo("yes");
        assertThat(get.getResponse().getHeaders().getFirst("Proxy-Status"))
                .isEqualTo("meridian; error=" + kind + "; details=\"fallback\"");
        assertThat(get.getResponse().getBodyAsString().block(MOST)).isEqualTo("closed");
        assertThat(own(get).failure()).isEqualTo(kind);
        assertThat(own(get).fallback()).isEqualTo("static");
    }

    private static Stream<Throwable> others() {
        return Stream.of(
                GatewayException.of(Failure.REQUEST_TOO_LARGE),
                GatewayException.of(Failure.INTERNAL_ERROR),
                OverloadException.ofGateway(),
                new ResponseStatusException(HttpStatus.UNAUTHORIZED),
                new IllegalStateException("a bug"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void clientOrGatewayFails_isPassedOn(Throwable failure) {
        StepVerifier.create(filter(SORRY).filter(get, failing(failure)))
                .expectErrorMatches(e -> e == failure)
                .verify(MOST);
        assertThat(own(get).fallback()).isNull();
    }

    @Test
    void statusThatCounts_isFallenBackFrom_anyOtherIsNot() {
        FallbackFilter filter = filter(STANDBY, StatusRange.of("502-504"));
        for (int status : List.of(200, 500, 503)) {
            MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/a"));
            runs.set(0);
            run(filter, exchange, e -> {
                if (runs.getAndIncrement() == 0) {
                    sent(e);
                    own(e).upstreamFirstByte(2);
                    e.getResponse().setStatusCode(HttpStatusCode.valueOf(status));
                }
                return Mono.empty();
            });
            assertThat(own(exchange).fallback()).isEqualTo(status == 503 ? "upstream" : null);
        }
        assertThat(runs.get()).isEqualTo(2);
    }

    @Test
    void statusOfAFilter_countsAsNoAnswerOfAnUpstream() {
        run(filter(STANDBY, StatusRange.of("5xx")), get, e -> {
            e.getResponse().setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
            return Mono.empty();
        });
        assertThat(own(get).fallback()).isNull();
    }

    @Test
    void otherUpstream_getsWhatHasNotBeenSent() {
        MockServerWebExchange unsent = post();
        run(filter(STANDBY), unsent, failing(REFUSED));
        assertThat(runs.get()).isEqualTo(2);

        MockServerWebExchange halfway = post();
        runs.set(0);
        run(filter(STANDBY), halfway, e -> {
            sent(e);
            return failing(GatewayException.unsent(Failure.CONNECTION_REFUSED, null))
                    .filter(e);
        });
        assertThat(runs.get()).isEqualTo(2);
    }

    @Test
    void bodyMayHaveBeenSent_onlyAnAnswerIsUsed() {
        MockServerWebExchange exchange = post();
        StepVerifier.create(filter(STANDBY).filter(exchange, e -> {
                    sent(e);
                    return failing(REFUSED).filter(e);
                }))
                .expectErrorMatches(e -> e == REFUSED)
                .verify(MOST);
        assertThat(runs.get()).isEqualTo(1);

        MockServerWebExchange other = post();
        run(filter(SORRY), other, e -> {
            sent(e);
            return Mono.error(REFUSED);
        });
        assertThat(other.getResponse().getStatusCode()).isEqualTo(HttpStatusCode.valueOf(203));
        assertThat(other.getResponse().getHeaders().getFirst("Connection")).isEqualTo("close");
    }

    @Test
    void fallbackFailsToo_firstFailureIsTold() {
        GatewayException second = GatewayException.of(Failure.HTTP_RESPONSE_TIMEOUT);
        StepVerifier.create(filter(STANDBY)
                        .filter(get, e -> Mono.error(runs.getAndIncrement() == 0 ? REFUSED : second)))
                .expectErrorMatches(e -> e == REFUSED)
                .verify(MOST);
        assertThat(own(get).fallbackFailed()).isTrue();
        assertThat(get.getResponse().getHeaders().getFirst("Proxy-Status")).isNull();
    }

    @Test
    void fallbackOfAFallback_isNotUsed() {
        own(get).fallBack("forward");
        StepVerifier.create(filter(SORRY).filter(get, failing(REFUSED)))
                .expectErrorMatches(e -> e == REFUSED)
                .verify(MOST);
    }

    @Test
    void forward_goesThroughTheRoutes_withQueryAndMethod() {
        AtomicInteger dispatched = new AtomicInteger();
        DispatcherHandler dispatcher = new DispatcherHandler() {
            @Override
            public Mono<Void> handle(ServerWebExchange exchange) {
                dispatched.incrementAndGet();
                assertThat(exchange.getRequest().getURI().toString()).endsWith("/spare?q=1");
                return Mono.empty();
            }
        };
        FallbackFilter filter =
                new FallbackFilter(new Fallback.Forward(URI.create("forward:/spare")), List.of(), () -> dispatcher);
        run(filter, MockServerWebExchange.from(MockServerHttpRequest.get("http://gateway/a?q=1")), failing(REFUSED));
        assertThat(dispatched.get()).isOne();
    }

    @Test
    void cancel_reachesTheChain_andThenTheFallback() {
        AtomicInteger cancelled = new AtomicInteger();
        Mono<Void> endless = Mono.<Void>never().doOnCancel(cancelled::incrementAndGet);
        Disposable first = filter(STANDBY).filter(get, e -> endless).subscribe();
        first.dispose();
        assertThat(cancelled.get()).isEqualTo(1);

        MockServerWebExchange other = MockServerWebExchange.from(MockServerHttpRequest.get("/a"));
        Disposable second = filter(STANDBY)
                .filter(other, e -> runs.getAndIncrement() == 0 ? Mono.error(REFUSED) : endless)
                .subscribe();
        second.dispose();
        assertThat(cancelled.get()).isEqualTo(2);
    }

    @Test
    void failureAfterACancel_isNotFallenBackFrom() {
        Sinks.Empty<Void> chain = Sinks.empty();
        Disposable request =
                filter(SORRY).filter(get, e -> chain.asMono()).onErrorComplete().subscribe();
        request.dispose();
        chain.tryEmitError(REFUSED);
        assertThat(own(get).fallback()).isNull();
    }
}
