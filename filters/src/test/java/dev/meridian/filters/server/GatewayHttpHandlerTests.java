package dev.meridian.filters.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.guard.ClientConnections;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.multipart.Part;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class GatewayHttpHandlerTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final List<String> log = new ArrayList<>();
    private final List<WebFilter> filters = new ArrayList<>();
    private final List<WebExceptionHandler> errorHandlers = new ArrayList<>();
    private final ClientConnections connections = new ClientConnections();
    private final MockServerHttpResponse response = new MockServerHttpResponse();

    // ---- the chain

    @Test
    void handle_nothingWritesTheResponse_isCompletedAllTheSame() {
        handle(exchange -> Mono.empty()).expectComplete().verify(SOON);

        assertThat(response.isCommitted()).isTrue();
        assertThat(response.getStatusCode()).isNull();
    }

    @Test
    void handle_filters_runInOrderAroundTheHandler() {
        filters.add(named("a"));
        filters.add(named("b"));

        handle(exchange -> {
                    log.add("handler");
                    return exchange.getResponse().setComplete();
                })
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("a", "b", "handler", "after b", "after a");
    }

    @Test
    void handle_notSubscribed_runsNothing() {
        filters.add(named("a"));

        handler(exchange -> Mono.empty()).handle(MockServerHttpRequest.get("/").build(), decorated());

        assertThat(log).isEmpty();
    }

    @Test
    void handle_filterThatSubscribesTwiceToTheRest_runsItTwice() {
        filters.add((exchange, chain) -> {
            Mono<Void> rest = chain.filter(exchange);
            return rest.then(rest);
        });
        filters.add(named("a"));

        handle(exchange -> Mono.empty()).expectComplete().verify(SOON);

        assertThat(log).containsExactly("a", "after a", "a", "after a");
    }

    @Test
    void handle_handlerCompletesLater_waits() {
        handle(exchange -> Mono.delay(Duration.ofMillis(20)).then(Mono.defer(() -> {
                    log.add("handled");
                    return exchange.getResponse().setComplete();
                })))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("handled");
    }

    @Test
    void handle_context_reachesFiltersAndHandlers() {
        filters.add((exchange, chain) -> Mono.deferContextual(context -> {
            log.add("filter " + context.get("key"));
            return chain.filter(exchange);
        }));
        errorHandlers.add((exchange, error) -> Mono.deferContextual(context -> {
            log.add("error handler " + context.get("key"));
            return Mono.empty();
        }));

        StepVerifier.create(handler(exchange -> Mono.error(new IllegalStateException("x")))
                        .handle(MockServerHttpRequest.get("/").build(), decorated())
                        .contextWrite(context -> context.put("key", "value")))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("filter value", "error handler value");
    }

    // ---- errors

    @Test
    void handle_error_goesToTheErrorHandlersInOrder() {
        errorHandlers.add(passingOn("first"));
        errorHandlers.add(answering("second", HttpStatus.BAD_GATEWAY));
        errorHandlers.add(answering("third", HttpStatus.NOT_FOUND));

        handle(exchange -> Mono.error(new IllegalStateException("x")))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("first x", "second x");
        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.BAD_GATEWAY);
        assertThat(response.isCommitted()).isTrue();
    }

    @Test
    void handle_handlerThrows_isAnErrorLikeAnyOther() {
        errorHandlers.add(answering("only", HttpStatus.BAD_GATEWAY));

        handle(exchange -> {
                    throw new IllegalStateException("thrown");
                })
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("only thrown");
    }

    @Test
    void handle_filterThrows_isAnErrorLikeAnyOther() {
        filters.add((exchange, chain) -> {
            throw new IllegalStateException("thrown");
        });
        errorHandlers.add(answering("only", HttpStatus.BAD_GATEWAY));

        handle(exchange -> Mono.empty()).expectComplete().verify(SOON);

        assertThat(log).containsExactly("only thrown");
    }

    @Test
    @SuppressWarnings("NullAway") // What a filter must not do, and an application's may.
    void handle_filterReturnsNull_isAnErrorLikeAnyOther() {
        filters.add((exchange, chain) -> null);
        errorHandlers.add((exchange, error) -> {
            log.add(error.getClass().getSimpleName());
            return exchange.getResponse().setComplete();
        });

        handle(exchange -> Mono.empty()).expectComplete().verify(SOON);

        assertThat(log).containsExactly("NullPointerException");
    }

    @Test
    void handle_errorHandlerFails_itsErrorGoesToTheNext() {
        errorHandlers.add(
                (exchange, error) -> Mono.error(new IllegalStateException("worse than " + error.getMessage())));
        errorHandlers.add((exchange, error) -> {
            throw new IllegalStateException("thrown after " + error.getMessage());
        });
        errorHandlers.add(answering("last", HttpStatus.BAD_GATEWAY));

        handle(exchange -> Mono.error(new IllegalStateException("x")))
                .expectComplete()
                .verify(SOON);

        assertThat(log).containsExactly("last thrown after worse than x");
    }

    @Test
    void handle_noErrorHandlerAnswers_is500() {
        errorHandlers.add(passingOn("only"));

        handle(exchange -> Mono.error(new IllegalStateException("x")))
                .expectComplete()
                .verify(SOON);

        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
        assertThat(response.isCommitted()).isTrue();
    }

    @Test
    void handle_errorAfterTheCommit_reachesTheServer() {
        errorHandlers.add(passingOn("only"));

        handle(exchange -> exchange.getResponse().setComplete().then(Mono.error(new IllegalStateException("cut off"))))
                .expectErrorMessage("cut off")
                .verify(SOON);

        assertThat(log).containsExactly("only cut off");
    }

    @Test
    void handle_completionFails_reachesTheServer() {
        handle(exchange -> {
                    exchange.getResponse().beforeCommit(() -> Mono.error(new IllegalStateException("commit")));
                    return Mono.empty();
                })
                .expectErrorMessage("commit")
                .verify(SOON);
    }

    // ---- cancel

    @Test
    void cancel_whileHandling_cancelsTheChain() {
        AtomicBoolean cancelled = new AtomicBoolean();
        filters.add(named("a"));

        Disposable subscription = subscribe(exchange -> Mono.<Void>never().doOnCancel(() -> cancelled.set(true)));
        subscription.dispose();

        assertThat(cancelled).isTrue();
        assertThat(response.isCommitted()).isFalse();
    }

    @Test
    void cancel_whileAnErrorIsAnswered_cancelsTheErrorHandler() {
        AtomicBoolean cancelled = new AtomicBoolean();
        errorHandlers.add((exchange, error) -> Mono.<Void>never().doOnCancel(() -> cancelled.set(true)));

        Disposable subscription = subscribe(exchange -> Mono.error(new IllegalStateException("x")));
        subscription.dispose();

        assertThat(cancelled).isTrue();
    }

    // ---- what Spring's adapter does as well

    /** Parts of a multipart request may lie in files until they are cleaned up. */
    @Test
    void handle_exchangesMultipart_isCleanedUp() {
        AtomicBoolean deleted = new AtomicBoolean();
        String body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\n\r\nx\r\n--b--\r\n";
        DataBuffer data = DefaultDataBufferFactory.sharedInstance.wrap(body.getBytes(StandardCharsets.UTF_8));

        StepVerifier.create(handler(exchange -> exchange.getMultipartData()
                                .doOnNext(parts -> parts.set("f", new DeletedPart(deleted)))
                                .then())
                        .handle(
                                MockServerHttpRequest.post("/")
                                        .header("Content-Type", "multipart/form-data; boundary=b")
                                        .body(Mono.just(data)),
                                decorated()))
                .expectComplete()
                .verify(SOON);

        assertThat(deleted).isTrue();
    }

    @Test
    void handle_draining_asksTheClientToLeave() {
        handle(exchange -> exchange.getResponse().setComplete())
                .expectComplete()
                .verify(SOON);
        assertThat(response.getHeaders().getFirst("Connection")).isNull();

        connections.drain();
        MockServerHttpResponse next = new MockServerHttpResponse();
        StepVerifier.create(handler(exchange -> exchange.getResponse().setComplete())
                        .handle(MockServerHttpRequest.get("/").build(), new ServerHttpResponseDecorator(next)))
                .expectComplete()
                .verify(SOON);

        assertThat(next.getHeaders().getFirst("Connection")).isEqualTo("close");
    }

    private StepVerifier.FirstStep<Void> handle(WebHandler handler) {
        return StepVerifier.create(
                handler(handler).handle(MockServerHttpRequest.get("/").build(), decorated()));
    }

    private Disposable subscribe(WebHandler handler) {
        return handler(handler)
                .handle(MockServerHttpRequest.get("/").build(), decorated())
                .subscribe();
    }

    private GatewayHttpHandler handler(WebHandler handler) {
        return new GatewayHttpHandler(
                handler,
                filters,
                errorHandlers,
                new DefaultWebSessionManager(),
                ServerCodecConfigurer.create(),
                new AcceptHeaderLocaleContextResolver(),
                new StaticApplicationContext(),
                connections);
    }

    private ServerHttpResponseDecorator decorated() {
        return new ServerHttpResponseDecorator(response);
    }

    private WebFilter named(String name) {
        return (exchange, chain) -> {
            log.add(name);
            return chain.filter(exchange).doOnSuccess(done -> log.add("after " + name));
        };
    }

    private WebExceptionHandler passingOn(String name) {
        return (exchange, error) -> {
            log.add(name + " " + error.getMessage());
            return Mono.error(error);
        };
    }

    private WebExceptionHandler answering(String name, HttpStatus status) {
        return (exchange, error) -> {
            log.add(name + " " + error.getMessage());
            exchange.getResponse().setStatusCode(status);
            return exchange.getResponse().setComplete();
        };
    }

    private record DeletedPart(AtomicBoolean deleted) implements Part {

        @Override
        public String name() {
            return "f";
        }

        @Override
        public HttpHeaders headers() {
            return new HttpHeaders();
        }

        @Override
        public Flux<DataBuffer> content() {
            return Flux.empty();
        }

        @Override
        public Mono<Void> delete() {
            return Mono.fromRunnable(() -> deleted.set(true));
        }
    }
}
