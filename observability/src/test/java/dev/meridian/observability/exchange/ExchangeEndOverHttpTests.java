package dev.meridian.observability.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.testkit.client.RawClient;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.server.handler.ResponseStatusExceptionHandler;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** The three endings as a server makes them: under Spring's own adapter, which any application may have. */
class ExchangeEndOverHttpTests {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Queue<ExchangeEnd> ends = new ConcurrentLinkedQueue<>();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
            .handle(new ReactorHttpHandlerAdapter(WebHttpHandlerBuilder.webHandler(this::handle)
                    .filter(new ExchangeEndFilter(List.of(ends::add), null, System::nanoTime))
                    .codecConfigurer(ServerCodecConfigurer.create()) // reads files, which the event loop must not
                    .exceptionHandler(new ResponseStatusExceptionHandler())
                    .build()))
            .bindNow(SOON);
    private final RawClient client = RawClient.connect(server.port());
    private volatile boolean waiting;

    @AfterEach
    void close() {
        client.close();
        server.disposeNow(SOON);
    }

    @Test
    void answered_completesWithItsStatus() {
        client.get("/teapot");

        assertThat(client.readResponse().status()).isEqualTo(418);
        assertEnd(418, ExchangeEnding.COMPLETE);
    }

    @Test
    void failed_completesWithTheStatusThatTheErrorHandlerGave() {
        client.get("/conflict");

        assertThat(client.readResponse().status()).isEqualTo(409);
        assertEnd(409, ExchangeEnding.COMPLETE);
    }

    @Test
    void failedUnexpectedly_completesWith500() {
        client.get("/bug");

        assertThat(client.readResponse().status()).isEqualTo(500);
        assertEnd(500, ExchangeEnding.COMPLETE);
    }

    @Test
    void clientGoneBeforeTheAnswer_is499() {
        client.get("/never");
        await().atMost(SOON).until(() -> waiting);
        client.close();

        assertEnd(499, ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void clientGoneWithinTheAnswer_keepsTheStatus() {
        client.get("/endless");
        client.readHead();
        client.close();

        assertEnd(200, ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void answerThatBreaks_isBrokenOff() {
        client.get("/breaks");
        client.readHead();

        assertEnd(200, ExchangeEnding.BROKEN_OFF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/whole", "/native", "/parts"})
    void answeredWithABody_completes(String path) {
        client.get(path);
        client.readResponse();

        assertEnd(200, ExchangeEnding.COMPLETE);
    }

    @ParameterizedTest
    @CsvSource({"/whole, 200", "/native, 200", "/parts, 200", "/teapot, 418", "/conflict, 409", "/bug, 500"})
    void answeredOverHttp2_completes(String path, int status) {
        http2().get().uri(path).response().block(SOON);

        assertEnd(status, ExchangeEnding.COMPLETE);
        assertThat(ends).allSatisfy(end -> assertThat(end.protocol()).isEqualTo("HTTP/2.0"));
    }

    @Test
    void clientGoneOverHttp2BeforeTheAnswer_is499() {
        Disposable request = http2().get().uri("/never").response().subscribe();
        await().atMost(SOON).until(() -> waiting);
        request.dispose();

        assertEnd(499, ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void clientGoneOverHttp2WithinTheAnswer_keepsTheStatus() {
        http2().get()
                .uri("/endless")
                .responseContent()
                .take(1)
                .onErrorComplete()
                .blockLast(SOON);

        assertEnd(200, ExchangeEnding.CLIENT_GONE);
    }

    private HttpClient http2() {
        return HttpClient.create().protocol(HttpProtocol.H2C).baseUrl("http://127.0.0.1:" + server.port());
    }

    private void assertEnd(int status, ExchangeEnding ending) {
        await().atMost(SOON).until(() -> !ends.isEmpty());
        assertThat(ends).singleElement().satisfies(end -> {
            assertThat(end.ending()).isEqualTo(ending);
            assertThat(end.status()).isEqualTo(status);
        });
    }

    private Mono<Void> handle(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        return switch (exchange.getRequest().getPath().value()) {
            case "/teapot" -> {
                response.setStatusCode(HttpStatus.I_AM_A_TEAPOT);
                yield response.setComplete();
            }
            case "/whole" -> {
                response.getHeaders().setContentLength(2);
                yield response.writeWith(Mono.just(response.bufferFactory().wrap(new byte[2])));
            }
            case "/native" ->
                ((HttpServerResponse) ServerHttpResponseDecorator.getNativeResponse(response))
                        .sendObject(Unpooled.wrappedBuffer(new byte[2]))
                        .then();
            case "/parts" -> stream(response, Flux.just("some\n", "more\n"));
            case "/conflict" -> Mono.error(new ResponseStatusException(HttpStatus.CONFLICT));
            case "/bug" -> Mono.error(new IllegalStateException("on purpose"));
            case "/never" -> Mono.<Void>never().doOnSubscribe(s -> waiting = true);
            case "/endless" ->
                stream(
                        response,
                        Flux.interval(Duration.ofMillis(5)).onBackpressureDrop().map(i -> "more\n"));
            case "/breaks" ->
                stream(response, Flux.just("some\n").concatWith(Mono.error(new IllegalStateException("on purpose"))));
            default -> throw new IllegalArgumentException();
        };
    }

    private static Mono<Void> stream(ServerHttpResponse response, Flux<String> parts) {
        return response.writeAndFlushWith(
                parts.map(part -> Mono.just(response.bufferFactory().wrap(part.getBytes(StandardCharsets.US_ASCII)))));
    }
}
