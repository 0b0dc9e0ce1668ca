package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.resilience.RetryBudgets;
import dev.meridian.filters.resilience.RetryOutcome;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.RouteTimeouts;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.random.SeededRandom;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What becomes of a request whose first endpoint fails it, with real backends. */
class ForwardRetryTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Upstreams upstreams = new Upstreams();
    private final Backend first = Backend.start(Behaviour.answer(200, "first"));
    private final Backend second = Backend.start(Behaviour.answer(200, "second"));
    private final List<RetryOutcome> outcomes = new CopyOnWriteArrayList<>();
    private final Retries retries = new Retries(
            new RetryBudgets(System::nanoTime),
            new SeededRandom(1),
            List.of((upstream, outcome) -> outcomes.add(outcome)));
    private Upstream upstream = upstream("");
    private List<LiveEndpoint> live = upstream.regions().get(0).endpoints();

    @AfterEach
    void close() {
        upstreams.close();
        first.close();
        second.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PATCH"})
    void refused_isSentToAnother(String method) {
        first.stop();

        MockServerWebExchange exchange = exchange(method, method.equals("GET") ? "" : "precious");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(second.lastRequest().body()).asString().isEqualTo(method.equals("GET") ? "" : "precious");
        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(2);
        assertThat(GatewayExchange.require(exchange.getAttributes()).endpoint()).isEqualTo(endpoint(second));
        assertThat(live.get(0).state().connectFailuresInRow()).isEqualTo(1);
        assertAllOver();
    }

    @Test
    void resetAfterTheRequest_ofAGet_isSentToAnother() {
        first.behave(Behaviour.reset());

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(live.get(0).state().failuresInRow()).isEqualTo(1);
        assertThat(live.get(0).state().connectFailuresInRow()).isZero();
        assertAllOver();
    }

    @Test
    void resetAfterTheRequest_ofAPost_isNeverSentTwice() {
        first.behave(Behaviour.reset());

        assertFails(exchange("POST", "precious"), Failure.CONNECTION_TERMINATED);

        assertThat(second.requestCount()).isZero();
        assertAllOver();
    }

    @Test
    void allRefuse_failsAsTheLastOneDid() {
        first.stop();
        second.stop();

        MockServerWebExchange exchange = exchange("GET", "");
        assertFails(exchange, Failure.CONNECTION_REFUSED);

        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(3);
        assertAllOver();
    }

    @Test
    void onlyEndpointResets_isAskedOnceMore() {
        useFirstAlone();
        AtomicInteger asked = new AtomicInteger();
        first.behave(
                (request, out) -> (asked.incrementAndGet() == 1 ? Behaviour.reset() : Behaviour.answer(200, "first"))
                        .handle(request, out));

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("first");
        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(2);
        assertThat(outcomes).containsExactly(RetryOutcome.RETRIED);
        assertAllOver();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void onlyEndpointRefuses_isAskedAsOftenAsMayBe(String method) {
        useFirstAlone();
        first.stop();

        MockServerWebExchange exchange = exchange(method, method.equals("GET") ? "" : "precious");
        assertFails(exchange, Failure.CONNECTION_REFUSED);

        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(3);
        assertThat(outcomes)
                .containsExactly(RetryOutcome.RETRIED, RetryOutcome.RETRIED, RetryOutcome.ATTEMPTS_EXHAUSTED);
        assertAllOver();
    }

    @Test
    void onlyEndpointResetsAPost_isNotAskedTwice() {
        useFirstAlone();
        first.behave(Behaviour.reset());

        assertFails(exchange("POST", "precious"), Failure.CONNECTION_TERMINATED);

        assertThat(first.requestCount()).isOne();
        assertThat(outcomes).containsExactly(RetryOutcome.NOT_SAFE);
    }

    @Test
    void onlyEndpointIsSilent_isNotAskedTwice() {
        first.behave(Behaviour.blackHole());
        upstream = upstream(List.of(first), "retry: { per-try-timeout: 50ms }\n");

        assertFails(exchange("GET", ""), Failure.HTTP_RESPONSE_TIMEOUT);

        assertThat(first.requestCount()).isOne();
        assertThat(outcomes).containsExactly(RetryOutcome.NO_ENDPOINT);
    }

    @Test
    void onlyEndpointIsBusy_isNotAskedTwice() {
        first.behave(Behaviour.answer(503, "busy"));
        upstream = upstream(List.of(first), "retry: { statuses: [503] }\n");

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("busy");
        assertThat(first.requestCount()).isOne();
        assertThat(outcomes).containsExactly(RetryOutcome.NO_ENDPOINT);
    }

    @Test
    void retry_isAnEventOfTheObservationThatItRunsIn() {
        first.stop();
        List<String> events = new CopyOnWriteArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onEvent(Observation.Event event, Observation.Context context) {
                events.add(event.getName() + ": " + event.getContextualName());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        Observation request = Observation.start("request", registry);

        forwarding(exchange("GET", ""))
                .contextWrite(context -> context.put(ObservationThreadLocalAccessor.KEY, request))
                .block(SOON);
        request.stop();

        assertThat(events).containsExactly("meridian.retry: attempt 2 after connection_refused");
    }

    private void useFirstAlone() {
        upstream = upstream(List.of(first), "");
        live = upstream.regions().get(0).endpoints();
    }

    @Test
    void answer_isNotedWithItsTime() {
        first.behave(Behaviour.after(Duration.ofMillis(20), Behaviour.answer(200, "slow")));

        forward(exchange("GET", ""));

        assertThat(live.get(0).state().responseTime().get())
                .isGreaterThan(Duration.ofMillis(15).toNanos());
        assertThat(live.get(0).region().requests()).isEqualTo(1);
        assertAllOver();
    }

    @Test
    void serviceUnavailable_isPassedOnAndCounted() {
        first.behave(Behaviour.answer(503, "overloaded"));

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("overloaded");
        assertThat(live.get(0).state().failuresInRow()).isEqualTo(1);
        assertThat(live.get(0).state().responseTime().get())
                .as("what fails fast is not fast")
                .isNaN();
    }

    @Test
    void refusedOnce_isCountedAsRetried() {
        first.stop();

        forward(exchange("GET", ""));

        assertThat(outcomes).containsExactly(RetryOutcome.RETRIED);
    }

    @Test
    void answerAfterTwoAttempts_tellsTheClient() {
        first.behave(Behaviour.reset());

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getHeaders().get("Proxy-Status"))
                .containsExactly("meridian; details=\"2 attempts\"");
    }

    @Test
    void resetAfterTheRequest_ofAPut_isSentAgainByteForByte() {
        first.behave(Behaviour.reset());
        String body = "0123456789".repeat(5_000);

        MockServerWebExchange exchange = exchange("PUT", body);
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(first.lastRequest().body()).asString().isEqualTo(body);
        assertThat(second.lastRequest().body()).asString().isEqualTo(body);
        assertAllOver();
    }

    @Test
    void resetAfterTheRequest_ofAPutThatDoesNotFit_isNotSentAgain() {
        first.behave(Behaviour.reset());
        use("replay-buffer: 1KB");

        assertFails(exchange("PUT", "0123456789".repeat(200)), Failure.CONNECTION_TERMINATED);

        assertThat(second.requestCount()).isZero();
        assertAllOver();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetAfterTheRequest_ofAPostWithAKey_isSentAgainWhereThatIsAllowed(boolean allowed) {
        first.behave(Behaviour.reset());
        use("idempotency-key: " + allowed);

        MockServerWebExchange exchange = exchange("POST", "precious", "Idempotency-Key", "8e03978e");
        if (allowed) {
            forward(exchange);
            assertThat(second.lastRequest().body()).asString().isEqualTo("precious");
        } else {
            assertFails(exchange, Failure.CONNECTION_TERMINATED);
            assertThat(second.requestCount()).isZero();
        }
        assertAllOver();
    }

    @Test
    void conditionNotAskedFor_isNotSentAgain() {
        first.behave(Behaviour.reset());
        use("when: [connect-failure]");

        assertFails(exchange("GET", ""), Failure.CONNECTION_TERMINATED);

        assertThat(second.requestCount()).isZero();
    }

    @Test
    void silence_perTry_isSentToAnother() {
        first.behave(Behaviour.blackHole());
        use("per-try-timeout: 50ms");

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(live.get(0).state().failuresInRow()).isEqualTo(1);
        assertAllOver();
    }

    @Test
    void statusAskedFor_isSentToAnother() {
        first.behave(Behaviour.answer(503, "overloaded"));
        use("statuses: [502-504]");

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(2);
        assertAllOver();
    }

    @Test
    void statusAskedFor_fromAll_isPassedOnInTheEnd() {
        first.behave(Behaviour.answer(503, "overloaded"));
        second.behave(Behaviour.answer(503, "overloaded as well"));
        use("statuses: [503]");

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("overloaded as well");
        assertThat(outcomes).containsExactly(RetryOutcome.RETRIED, RetryOutcome.NO_ENDPOINT);
        assertAllOver();
    }

    @Test
    void statusAskedFor_withALaterRetryAfter_isPassedOn() {
        first.behave(Behaviour.answer(503, Headers.of("Retry-After", "1"), "later"));
        use("statuses: [503]");

        MockServerWebExchange exchange = exchange("GET", "");
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("later");
        assertThat(second.requestCount()).isZero();
        assertAllOver();
    }

    @Test
    void statusAskedFor_withARetryAfterWithinTheBackoff_isWaitedFor() {
        first.behave(Behaviour.answer(503, Headers.of("Retry-After", "1"), "later"));
        use("statuses: [503], max-backoff: 1s");

        MockServerWebExchange exchange = exchange("GET", "");
        long start = System.nanoTime();
        forward(exchange);

        assertThat(exchange.getResponse().getBodyAsString().block(SOON)).isEqualTo("second");
        assertThat(System.nanoTime() - start)
                .isGreaterThanOrEqualTo(Duration.ofSeconds(1).toNanos());
        assertAllOver();
    }

    @Test
    void budget_isAllThatIsSentAgain() {
        first.behave(Behaviour.reset());
        second.behave(Behaviour.reset());

        for (int i = 0; i < 10; i++) {
            assertFails(exchange("GET", ""), Failure.CONNECTION_TERMINATED);
        }

        assertThat(first.requestCount() + second.requestCount()).isEqualTo(13);
        assertThat(outcomes)
                .containsOnly(RetryOutcome.RETRIED, RetryOutcome.BUDGET_EXHAUSTED, RetryOutcome.ATTEMPTS_EXHAUSTED)
                .filteredOn(RetryOutcome.RETRIED::equals)
                .hasSize(3);
        assertAllOver();
    }

    @Test
    void total_endsAllAttempts() {
        first.behave(Behaviour.blackHole());
        second.behave(Behaviour.blackHole());
        use("per-try-timeout: 200ms", "total: 300ms");

        MockServerWebExchange exchange = exchange("GET", "");
        long start = System.nanoTime();
        assertFails(exchange, Failure.TOTAL_TIMEOUT);

        assertThat(System.nanoTime() - start)
                .isBetween(
                        Duration.ofMillis(300).toNanos(), Duration.ofMillis(800).toNanos());
        assertThat(GatewayExchange.require(exchange.getAttributes()).attempts()).isEqualTo(2);
        assertAllOver();
    }

    @Test
    void total_endsTheAnswerAsWell() {
        first.behave(Behaviour.serverSentEvents(Integer.MAX_VALUE, Duration.ofMillis(5)));
        use("attempts: 0", "total: 200ms");

        MockServerWebExchange exchange = exchange("GET", "");
        assertThatThrownBy(() -> {
                    forward(exchange);
                    exchange.getResponse().getBodyAsString().block(SOON);
                })
                .cause()
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.failure()).isEqualTo(Failure.TOTAL_TIMEOUT));
        assertAllOver();
    }

    @Test
    void routesTimeouts_comeBeforeTheUpstreams() {
        first.behave(Behaviour.blackHole());
        use("attempts: 0", "response: 2s");

        MockServerWebExchange exchange = exchange("GET", "");
        GatewayExchange.require(exchange.getAttributes())
                .timeouts(new RouteTimeouts(null, null, Duration.ofMillis(50), null, null));
        assertFails(exchange, Failure.HTTP_RESPONSE_TIMEOUT);
    }

    @Test
    void cancel_whileItWaits_sendsNothingMore() {
        first.behave(Behaviour.answer(503, Headers.of("Retry-After", "5"), "later"));
        use("statuses: [503], max-backoff: 5s");

        MockServerWebExchange exchange = exchange("GET", "");
        Disposable request = forwarding(exchange).subscribe();
        first.awaitRequests(1);
        Awaitility.await()
                .until(() -> !outcomes.isEmpty() || live.get(0).state().failuresInRow() == 1);
        request.dispose();

        Awaitility.await().untilAsserted(this::assertAllOver);
        assertThat(second.requestCount()).isZero();
    }

    private void use(String retry) {
        use(retry, "response: 2s");
    }

    private void use(String retry, String timeout) {
        upstream = upstream("retry: { " + retry + " }\ntimeout: { connect: 1s, idle: 5s, " + timeout + " }\n");
        live = upstream.regions().get(0).endpoints();
    }

    private Upstream upstream(String yaml) {
        return upstream(List.of(first, second), yaml);
    }

    private static Upstream upstream(List<Backend> backends, String yaml) {
        List<Endpoint> endpoints =
                backends.stream().map(ForwardRetryTests::endpoint).toList();
        String urls = endpoints.stream().map(each -> "\"" + each.url() + "\"").collect(Collectors.joining(", "));
        Properties properties = properties("endpoints: [" + urls + "]\n" + yaml);
        UpstreamDefinition definition = new Binder(new MapConfigurationPropertySource(properties))
                .bind("", UpstreamDefinition.class)
                .get();
        return new RegionUpstreamFactory(
                        new LiveStates(),
                        new Breakers(Clock.systemUTC(), new SeededRandom(1), change -> {}),
                        System::nanoTime,
                        new SeededRandom(1),
                        suspect -> {})
                .of("orders", endpoints, UpstreamSettings.of(definition, Home.UNKNOWN));
    }

    private static Properties properties(String yaml) {
        YamlPropertiesFactoryBean factory = new YamlPropertiesFactoryBean();
        factory.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        return java.util.Objects.requireNonNull(factory.getObject());
    }

    /** Every request that was begun has been ended, or balancing would count it for ever. */
    private void assertAllOver() {
        assertThat(live).allSatisfy(each -> assertThat(each.state().active()).isZero());
        assertThat(live.get(0).region().active()).isZero();
    }

    private void assertFails(MockServerWebExchange exchange, Failure expected) {
        assertThatThrownBy(() -> forward(exchange))
                .cause()
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.failure()).isEqualTo(expected));
    }

    private void forward(MockServerWebExchange exchange) {
        forwarding(exchange).block(SOON);
    }

    private Mono<Void> forwarding(MockServerWebExchange exchange) {
        Forwarder forwarder = new Forwarder(
                upstreams.transport,
                new RequestHeaders(
                        new ForwardProperties(true, true, "meridian"), StockSwitches.from(new MockEnvironment())),
                List.of(),
                Upstreams.Pool.of(4).settings(),
                1 << 20,
                retries);
        return new WriteResponseFilter(List.of())
                .filter(exchange, e -> new ForwardFilter(forwarder).filter(e, rest -> Mono.empty()));
    }

    private MockServerWebExchange exchange(String method, String body, String... field) {
        MockServerHttpRequest.BodyBuilder request =
                MockServerHttpRequest.method(HttpMethod.valueOf(method), "http://gateway/a");
        if (field.length > 0) {
            request.header(field[0], field[1]);
        }
        MockServerWebExchange exchange = MockServerWebExchange.from(
                body.isEmpty()
                        ? request.build()
                        : request.contentLength(body.length()).body(body));
        Selection selection = new Anything();
        LiveEndpoint chosen = java.util.Objects.requireNonNull(upstream.choose(selection));
        GatewayExchange.require(exchange.getAttributes()).chosen(upstream, chosen, selection);
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR,
                        URI.create(chosen.endpoint().url() + "/a"));
        return exchange;
    }

    private static Endpoint endpoint(Backend backend) {
        return new Endpoint("http", "127.0.0.1", backend.port(), 1, null, Map.of());
    }

    private static final class Anything extends Selection {

        @Override
        public @Nullable GeoPoint clientLocation() {
            return null;
        }

        @Override
        public long keyHash() {
            return 0;
        }
    }
}
