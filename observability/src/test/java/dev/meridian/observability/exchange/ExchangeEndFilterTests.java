package dev.meridian.observability.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.exchange.ExchangeAttributes;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.testkit.time.FakeTicker;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class ExchangeEndFilterTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final FakeTicker ticker = new FakeTicker();
    private final Recorder recorder = new Recorder();
    private final ExchangeEndFilter filter = new ExchangeEndFilter(List.of(recorder), null, ticker);
    private final MockServerWebExchange exchange = exchange(MockServerHttpRequest.get("/a"));
    private VirtualTimeScheduler time = VirtualTimeScheduler.create();

    @BeforeEach
    void virtualTime() {
        time = VirtualTimeScheduler.getOrSet();
    }

    @AfterEach
    void realTime() {
        VirtualTimeScheduler.reset();
    }

    @Test
    void getOrder_isThatOfTheAccessLog() {
        assertThat(filter.getOrder()).isEqualTo(FilterOrder.ACCESS_LOG.value());
    }

    @Test
    void filter_unsubscribed_tellsNothing() {
        filter.filter(exchange, e -> Mono.empty());

        assertThat(recorder.starts).isZero();
        assertThat(recorder.ends).isEmpty();
    }

    @Test
    void filter_complete_tellsStatusAndTime() {
        exchange.getResponse().setStatusCode(HttpStatus.CREATED);
        ticker.advance(Duration.ofMillis(3));

        StepVerifier.create(filter.filter(exchange, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        ExchangeEnd end = recorder.only();
        assertThat(recorder.starts).isOne();
        assertThat(end.ending()).isEqualTo(ExchangeEnding.COMPLETE);
        assertThat(end.status()).isEqualTo(201);
        assertThat(end.durationNanos()).isEqualTo(3_000_000);
        assertThat(end.error()).isNull();
        assertThat(end.exchange()).isSameAs(exchange);
    }

    @Test
    void filter_completeWithoutStatus_is200() {
        StepVerifier.create(filter.filter(exchange, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.only().status()).isEqualTo(200);
    }

    @Test
    void filter_completeOfAWebSocket_is101() {
        MockServerWebExchange upgraded =
                exchange(MockServerHttpRequest.get("/a").header("Upgrade", "WebSocket"));

        StepVerifier.create(filter.filter(upgraded, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.only().status()).isEqualTo(101);
    }

    @Test
    void filter_upgradeThatWasForwardedAsARequest_keepsItsStatus() {
        MockServerWebExchange asked = exchange(MockServerHttpRequest.get("/a").header("Upgrade", "websocket"));
        GatewayExchange.require(asked.getAttributes()).attemptStarted(1);

        StepVerifier.create(filter.filter(asked, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.only().status()).isEqualTo(200);
    }

    @Test
    void filter_errorThatIsAnsweredAtOnce_tellsTheAnswersStatus() {
        GatewayException error = GatewayException.of(Failure.CONNECTION_REFUSED);
        Mono<Void> answered = filter.filter(exchange, e -> Mono.error(error))
                .onErrorResume(e -> answer(exchange, HttpStatus.BAD_GATEWAY));

        StepVerifier.create(answered).expectComplete().verify(SOON);

        ExchangeEnd end = recorder.only();
        assertThat(end.status()).isEqualTo(502);
        assertThat(end.ending()).isEqualTo(ExchangeEnding.COMPLETE);
        assertThat(end.error()).isSameAs(error);
        assertThat(end.failure()).isEqualTo("connection_refused");
    }

    @Test
    void filter_errorThatIsAnsweredLater_tellsWhenItIs() {
        Mono<Void> answered = filter.filter(exchange, e -> Mono.error(new IllegalStateException()))
                .onErrorResume(e ->
                        Mono.delay(Duration.ofSeconds(1)).then(answer(exchange, HttpStatus.INTERNAL_SERVER_ERROR)));

        StepVerifier.create(answered)
                .then(() -> assertThat(recorder.ends).isEmpty())
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .expectComplete()
                .verify(SOON);
        time.advanceTimeBy(Duration.ofMinutes(5));

        assertThat(recorder.only().status()).isEqualTo(500);
        assertThat(recorder.only().ending()).isEqualTo(ExchangeEnding.COMPLETE);
    }

    @Test
    void filter_errorThatIsNeverAnswered_isGivenUp() {
        filter.filter(exchange, e -> Mono.error(new IllegalStateException()))
                .onErrorResume(e -> Mono.never())
                .subscribe()
                .dispose();
        assertThat(recorder.ends).isEmpty();

        time.advanceTimeBy(Duration.ofSeconds(ExchangeEndSubscriber.ANSWER_SECONDS));

        assertThat(recorder.only().status()).isEqualTo(499);
        assertThat(recorder.only().ending()).isEqualTo(ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void filter_errorAfterTheAnswerBegan_isBrokenOff() {
        Mono<Void> broken = filter.filter(
                exchange,
                e -> answer(exchange, HttpStatus.OK)
                        .then(Mono.error(GatewayException.of(Failure.HTTP_RESPONSE_INCOMPLETE))));

        StepVerifier.create(broken).expectError(GatewayException.class).verify(SOON);

        ExchangeEnd end = recorder.only();
        assertThat(end.status()).isEqualTo(200);
        assertThat(end.ending()).isEqualTo(ExchangeEnding.BROKEN_OFF);
        assertThat(end.failure()).isEqualTo("http_response_incomplete");
    }

    @Test
    void filter_writeToAClientThatIsGone_is499() {
        for (Throwable gone : List.of(AbortedException.beforeSend(), new ClosedChannelException())) {
            recorder.ends.clear();

            StepVerifier.create(filter.filter(exchange, e -> Mono.error(gone)))
                    .expectErrorMatches(e -> e == gone)
                    .verify(SOON);

            assertThat(recorder.only().status()).isEqualTo(499);
            assertThat(recorder.only().ending()).isEqualTo(ExchangeEnding.CLIENT_GONE);
            assertThat(recorder.only().failure()).isNull();
        }
    }

    @Test
    void filter_cancelBeforeTheAnswer_is499AndReachesTheSource() {
        TestPublisher<Void> source = TestPublisher.create();

        StepVerifier.create(filter.filter(exchange, e -> source.mono()))
                .thenCancel()
                .verify(SOON);

        source.assertWasCancelled();
        assertThat(recorder.only().status()).isEqualTo(499);
        assertThat(recorder.only().ending()).isEqualTo(ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void filter_cancelAfterTheAnswerBegan_keepsItsStatus() {
        Mono<Void> stuck = filter.filter(
                exchange, e -> answer(exchange, HttpStatus.PARTIAL_CONTENT).then(Mono.never()));

        StepVerifier.create(stuck).thenAwait().thenCancel().verify(SOON);

        assertThat(recorder.only().status()).isEqualTo(206);
        assertThat(recorder.only().ending()).isEqualTo(ExchangeEnding.CLIENT_GONE);
    }

    @Test
    void filter_cancelAfterTheEnd_tellsNothingMore() {
        TestPublisher<Void> careless = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        StepVerifier.create(filter.filter(exchange, e -> careless.mono()))
                .then(careless::complete)
                .expectComplete()
                .verify(SOON);
        StepVerifier.create(filter.filter(exchange, e -> careless.mono()))
                .thenCancel()
                .verify(SOON);
        careless.complete();

        assertThat(recorder.ends)
                .extracting(ExchangeEnd::ending)
                .containsExactly(ExchangeEnding.COMPLETE, ExchangeEnding.CLIENT_GONE);
        assertThat(recorder.starts).isEqualTo(2);
    }

    @Test
    void filter_passesTheContextUp() {
        WebFilterChain chain = e -> Mono.deferContextual(context -> {
            e.getResponse().setStatusCode(HttpStatus.valueOf(context.get("status")));
            return Mono.empty();
        });

        StepVerifier.create(filter.filter(exchange, chain).contextWrite(context -> context.put("status", "ACCEPTED")))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.only().status()).isEqualTo(202);
    }

    @Test
    void filter_observerThatThrows_harmsNeitherTheExchangeNorTheOthers() {
        ExchangeObserver broken = new ExchangeObserver() {
            @Override
            public void onStart() {
                throw new IllegalStateException("broken");
            }

            @Override
            public void onEnd(ExchangeEnd end) {
                throw new IllegalStateException("broken");
            }
        };
        ExchangeEndFilter both = new ExchangeEndFilter(List.of(broken, recorder), null, ticker);

        StepVerifier.create(both.filter(exchange, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.only().status()).isEqualTo(200);
    }

    @Test
    void filter_exchangeOfAnotherContext_isLeftAlone() {
        ExchangeEndFilter main = new ExchangeEndFilter(List.of(recorder), mock(ApplicationContext.class), ticker);
        MockServerWebExchange management = MockServerWebExchange.builder(MockServerHttpRequest.get("/actuator/health"))
                .applicationContext(mock(ApplicationContext.class))
                .build();
        Mono<Void> rest = Mono.empty();

        assertThat(main.filter(management, e -> rest)).isSameAs(rest);
    }

    @Test
    void filter_exchangeOfTheOwnContext_isObserved() {
        ApplicationContext context = mock(ApplicationContext.class);
        ExchangeEndFilter main = new ExchangeEndFilter(List.of(recorder), context, ticker);
        MockServerWebExchange own = MockServerWebExchange.builder(MockServerHttpRequest.get("/"))
                .applicationContext(context)
                .build();

        StepVerifier.create(main.filter(own, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.ends).hasSize(1);
    }

    @Test
    void filter_withoutTheStartFilter_startsTheClockItself() {
        MockServerWebExchange bare = MockServerWebExchange.from(MockServerHttpRequest.get("/"));

        StepVerifier.create(new ExchangeEndFilter(List.of(recorder), null, System::nanoTime)
                        .filter(bare, e -> Mono.empty()))
                .expectComplete()
                .verify(SOON);

        assertThat(recorder.only().gateway()).isSameAs(GatewayExchange.of(bare.getAttributes()));
        assertThat(recorder.only().durationNanos()).isBetween(0L, SOON.toNanos());
    }

    private static MockServerWebExchange exchange(MockServerHttpRequest.BaseBuilder<?> request) {
        MockServerWebExchange made = MockServerWebExchange.from(request);
        made.getAttributes().put(ExchangeAttributes.GATEWAY_EXCHANGE, new GatewayExchange(0));
        return made;
    }

    private static Mono<Void> answer(ServerWebExchange exchange, HttpStatus status) {
        return Mono.defer(() -> {
            exchange.getResponse().setStatusCode(status);
            return exchange.getResponse().setComplete();
        });
    }

    private static final class Recorder implements ExchangeObserver {

        private final List<ExchangeEnd> ends = new ArrayList<>();
        private int starts;

        @Override
        public void onStart() {
            starts++;
        }

        @Override
        public void onEnd(ExchangeEnd end) {
            ends.add(end);
        }

        ExchangeEnd only() {
            assertThat(ends).hasSize(1);
            return ends.get(0);
        }
    }
}
