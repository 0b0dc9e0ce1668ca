package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.canary.Canary;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.PreparedTarget;
import dev.meridian.routes.upstream.UpstreamView;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.event.RefreshRoutesResultEvent;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.accept.SemanticApiVersionParser;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.reactive.accept.DefaultApiVersionStrategy;
import org.springframework.web.reactive.accept.HeaderApiVersionResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

class GatewayHandlerMappingTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final List<String> log = new CopyOnWriteArrayList<>();
    private volatile Flux<Route> routes = Flux.empty();
    private final AtomicInteger loads = new AtomicInteger();

    // ---- the same as the stock mapping

    @RepeatedTest(100)
    void getHandler_randomTable_findsWhatTheStockMappingFinds(RepetitionInfo repetition) {
        SeededRandom random = new SeededRandom(repetition.getCurrentRepetition());
        Answer[] answers = new Answer[random.nextInt(0, 9)];
        Arrays.setAll(answers, i -> Answer.PLAIN[random.nextInt(Answer.PLAIN.length)]);

        assertSameAsStock(answers);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERROR",
                "ERROR TRUE",
                "FALSE ERROR FALSE",
                "FALSE ERROR TRUE",
                "DEFERRED_ERROR",
                "DEFERRED_ERROR TRUE",
                "FALSE DEFERRED_ERROR FALSE",
                "CALLABLE_THROWS",
                "CALLABLE_THROWS TRUE",
                "LATER_ERROR",
                "LATER_ERROR TRUE",
                "LATER_FALSE LATER_ERROR LATER_TRUE",
                "THROWS THROWS TRUE",
                "THROWS",
            })
    void getHandler_predicateThatFails_endsAsInTheStockMapping(String table) {
        assertSameAsStock(answers(table));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "FALSE_THEN_TRUE",
                "FALSE_THEN_TRUE TRUE",
                "TRUE_THEN_FALSE TRUE",
                "TRUE_THEN_ERROR TRUE",
                "FALSE_THEN_TRUE TRUE_THEN_FALSE",
            })
    void getHandler_predicateThatAnswersTwice_isTakenAtItsFirstWord(String table) {
        assertSameAsStock(answers(table));
    }

    private void assertSameAsStock(Answer... answers) {
        List<Route> table = new ArrayList<>();
        for (Answer answer : answers) {
            table.add(route(table.size() + " " + answer, e -> answer.publisher()));
        }
        routes = Flux.fromIterable(table);
        FilteringWebHandler handler = new FilteringWebHandler(List.of(), false);
        RoutePredicateHandlerMapping stock = new RoutePredicateHandlerMapping(
                handler, () -> routes, new GlobalCorsProperties(), new MockEnvironment());

        String expected = outcome(stock, exchange());
        List<String> asked = List.copyOf(log);
        GatewayHandlerMapping own = refreshed();
        log.clear();
        String found = outcome(own, exchange());
        List<String> askedByUs = List.copyOf(log);
        log.clear();
        String direct = directOutcome(own, exchange());

        assertThat(found).as("%s", Arrays.toString(answers)).isEqualTo(expected);
        assertThat(direct).as("directly, %s", Arrays.toString(answers)).isEqualTo(expected);
        if (!expected.startsWith("error")) {
            assertThat(askedByUs)
                    .as("predicates asked, %s", Arrays.toString(answers))
                    .isEqualTo(asked);
        }
    }

    @Test
    void refreshes_thatEndOutOfOrder_theLaterBegunCounts() {
        GatewayHandlerMapping mapping = mapping(answering("first", true));
        Sinks.Many<Route> slow = Sinks.many().unicast().onBackpressureBuffer();
        routes = slow.asFlux();
        mapping.onApplicationEvent(new RefreshRoutesResultEvent(this));
        routes = Flux.just(answering("later", true));
        mapping.onApplicationEvent(new RefreshRoutesResultEvent(this));

        slow.tryEmitNext(answering("earlier", true)).orThrow();
        slow.tryEmitComplete().orThrow();

        assertThat(outcome(mapping, exchange())).isEqualTo("route later");
    }

    // ---- the order of asking

    @Test
    void getHandler_firstThatMatches_isTaken() {
        GatewayHandlerMapping mapping = mapping(answering("a", false), answering("b", true), answering("c", true));
        MockServerWebExchange exchange = exchange();

        assertThat(outcome(mapping, exchange)).isEqualTo("route b");
        assertThat(log).containsExactly("a", "b");
        assertThat(GatewayExchange.require(exchange.getAttributes()).routeId()).isEqualTo("b");
        assertThat(exchange.getAttributes()).doesNotContainKey(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
    }

    @Test
    void getHandler_noneMatches_isEmpty() {
        MockServerWebExchange exchange = exchange();

        assertThat(outcome(mapping(answering("a", false), answering("b", false)), exchange))
                .isEqualTo("none");
        assertThat(exchange.getAttributes()).doesNotContainKey(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        assertThat(GatewayExchange.require(exchange.getAttributes()).routeId()).isNull();
    }

    @Test
    void getHandler_predicate_seesItsOwnRoutesIdAndTheContext() {
        Route route = route("a", e -> {
            log.add("id " + e.getAttribute(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR));
            ContextView context = e.getAttribute(ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR);
            log.add("attribute " + (context == null ? null : context.get("key")));
            return Mono.deferContextual(own -> {
                log.add("subscriber " + own.get("key"));
                return Mono.just(true);
            });
        });

        mapping(route)
                .getHandler(exchange())
                .contextWrite(context -> context.put("key", "value"))
                .block(SOON);

        assertThat(log).containsExactly("a", "id a", "attribute value", "subscriber value");
    }

    // ---- answers that come later

    @Test
    void getHandler_answerFromAnotherThread_goesOnWhereItStopped() {
        GatewayHandlerMapping mapping = mapping(
                later("a", false),
                answering("b", false),
                later("c", false),
                later("d", true),
                answering("never asked", true));

        assertThat(outcome(mapping, exchange())).isEqualTo("route d");
        assertThat(log).containsExactly("a", "b", "c", "d");
    }

    @Test
    void getHandler_answerBeforeTheResultIsAwaited_isNotLost() {
        Sinks.One<Boolean> answer = Sinks.one();
        Mono<Object> handler = mapping(route("a", e -> answer.asMono())).getHandler(exchange());
        AtomicReference<@Nullable Object> got = new AtomicReference<>();

        handler.subscribe(got::set);
        assertThat(got).hasValue(null);
        answer.tryEmitValue(true);

        assertThat(got.get()).isNotNull();
    }

    /** A publisher may complete long after its answer; by then the next predicate is being asked. */
    @Test
    void getHandler_earlierPredicateCompletesLate_doesNotAnswerForTheNext() {
        List<FluxSink<Boolean>> slowToEnd = new ArrayList<>();
        Sinks.One<Boolean> second = Sinks.one();
        GatewayHandlerMapping mapping = mapping(
                route(
                        "a",
                        e -> Flux.create(sink -> {
                            slowToEnd.add(sink);
                            sink.next(false);
                        })),
                route("b", e -> second.asMono()),
                answering("c", true));
        MockServerWebExchange exchange = exchange();
        AtomicReference<String> found = new AtomicReference<>("nothing yet");

        routed(mapping, exchange).subscribe(found::set);
        slowToEnd.get(0).complete();
        assertThat(found).as("while b has not answered").hasValue("nothing yet");
        second.tryEmitValue(true);

        assertThat(found).hasValue("route b");
    }

    @Test
    void getHandler_cancelled_cancelsThePredicateThatIsAsked() {
        AtomicBoolean cancelled = new AtomicBoolean();
        GatewayHandlerMapping mapping = mapping(
                answering("a", false), route("b", e -> Mono.<Boolean>never().doOnCancel(() -> cancelled.set(true))));

        Disposable subscription = mapping.getHandler(exchange()).subscribe();
        assertThat(cancelled).isFalse();
        subscription.dispose();

        assertThat(cancelled).isTrue();
    }

    @Test
    void route_cancelled_cancelsThePredicateThatIsAsked() {
        AtomicBoolean cancelled = new AtomicBoolean();
        GatewayHandlerMapping mapping =
                mapping(route("b", e -> Mono.<Boolean>never().doOnCancel(() -> cancelled.set(true))));

        mapping.route(exchange(), e -> Mono.empty()).subscribe().dispose();

        assertThat(cancelled).isTrue();
    }

    // ---- the direct way

    @Test
    void route_beforeTheFirstRefresh_goesTheOtherWay() {
        routes = Flux.just(answering("a", true));
        GatewayHandlerMapping mapping = create();

        assertThat(directOutcome(mapping, exchange())).isEqualTo("none");
        assertThat(log).isEmpty();
    }

    @Test
    void route_match_runsTheChainWithTheStockAttributes() {
        Route route = Route.async()
                .id("a")
                .uri("http://up")
                .predicate(e -> true)
                .filter((e, next) -> {
                    log.add("filter");
                    return next.filter(e);
                })
                .build();
        MockServerWebExchange exchange = exchange();

        mapping(route)
                .route(exchange, e -> Mono.error(new AssertionError("not matched")))
                .contextWrite(context -> context.put("key", "value"))
                .block(SOON);

        assertThat(log).containsExactly("filter");
        assertThat(exchange.getAttributes())
                .containsEntry(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR, route)
                .containsEntry(ServerWebExchangeUtils.GATEWAY_HANDLER_MAPPER_ATTR, "RoutePredicateHandlerMapping")
                .doesNotContainKey(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR);
        ContextView context = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR);
        assertThat(context.<String>get("key")).isEqualTo("value");
        assertThat(GatewayExchange.require(exchange.getAttributes()).routeId()).isEqualTo("a");
    }

    @Test
    void route_notSubscribed_asksNobody() {
        mapping(answering("a", true)).route(exchange(), e -> Mono.empty());

        assertThat(log).isEmpty();
    }

    @Test
    void route_otherwiseThrows_becomesAnError() {
        WebHandler otherwise = e -> {
            throw new IllegalStateException("otherwise");
        };

        assertThat(mapping()
                        .route(exchange(), otherwise)
                        .thenReturn("done")
                        .onErrorResume(e -> Mono.just("error " + e.getMessage()))
                        .block(SOON))
                .isEqualTo("error otherwise");
    }

    // ---- refresh

    @Test
    void getHandler_locatorThatNeverAnnounces_isAskedOnce() {
        routes = Flux.just(answering("a", true));
        GatewayHandlerMapping mapping = create();

        assertThat(outcome(mapping, exchange())).isEqualTo("route a");
        assertThat(outcome(mapping, exchange())).isEqualTo("route a");
        assertThat(loads).hasValue(1);
    }

    @Test
    void getHandler_locatorFails_isAskedAgainByTheNextRequest() {
        routes = Flux.error(new IllegalStateException("no routes yet"));
        GatewayHandlerMapping mapping = create();
        assertThat(outcome(mapping, exchange())).isEqualTo("error no routes yet");

        routes = Flux.just(answering("a", true));

        assertThat(outcome(mapping, exchange())).isEqualTo("route a");
    }

    @Test
    void refresh_newRoutes_areUsedFromThenOn() {
        GatewayHandlerMapping mapping = mapping(answering("old", true));

        routes = Flux.just(answering("new", true));
        assertThat(outcome(mapping, exchange())).isEqualTo("route old");
        refresh(mapping);

        assertThat(outcome(mapping, exchange())).isEqualTo("route new");
    }

    @Test
    void refresh_routeThatIsStillThere_keepsWhatWasPreparedForIt() {
        Route kept = answering("kept", true);
        GatewayHandlerMapping mapping = mapping(kept, answering("leaves", true));
        PreparedTarget before = target(mapping);

        routes = Flux.just(answering("comes", false), kept);
        refresh(mapping);

        assertThat(target(mapping)).isSameAs(before);
    }

    @Test
    void refresh_equalButNewRoute_isPreparedAnew() {
        GatewayHandlerMapping mapping = mapping(answering("a", true));
        PreparedTarget before = target(mapping);

        routes = Flux.just(answering("a", true));
        refresh(mapping);

        assertThat(target(mapping)).isNotSameAs(before);
    }

    @Test
    void refresh_failed_leavesTheRoutesInPlace() {
        GatewayHandlerMapping mapping = mapping(answering("old", true));

        routes = Flux.just(answering("new", true));
        mapping.onApplicationEvent(new RefreshRoutesResultEvent(this, new IllegalStateException("bad")));
        assertThat(outcome(mapping, exchange())).isEqualTo("route old");
        routes = Flux.error(new IllegalStateException("bad"));
        refresh(mapping);

        assertThat(outcome(mapping, exchange())).isEqualTo("route old");
    }

    /** A route's uri is only looked at when the route is: the others must not suffer for it. */
    @Test
    void refresh_routeWithAnImpossibleInnerUri_doesNotTakeTheOthersDown() {
        Route odd = Route.async()
                .id("odd")
                .uri("lb:ws://or%20ders")
                .predicate(e -> false)
                .build();
        GatewayHandlerMapping mapping = mapping(odd, answering("fine", true));

        assertThat(outcome(mapping, exchange())).isEqualTo("route fine");
    }

    // ---- what only a dispatcher does

    @Test
    void needsDispatcher_withCorsOrApiVersions() {
        GlobalCorsProperties cors = new GlobalCorsProperties();
        cors.getCorsConfigurations().put("/**", new CorsConfiguration());
        GatewayHandlerMapping versioned = create();
        versioned.setApiVersionStrategy(new DefaultApiVersionStrategy(
                List.of(new HeaderApiVersionResolver("X-Version")),
                new SemanticApiVersionParser(),
                false,
                null,
                true,
                null,
                null));

        assertThat(create().needsDispatcher()).isFalse();
        assertThat(create(cors).needsDispatcher()).isTrue();
        assertThat(versioned.needsDispatcher()).isTrue();
    }

    // ---- helpers

    private static Answer[] answers(String table) {
        return Arrays.stream(table.split(" ")).map(Answer::valueOf).toArray(Answer[]::new);
    }

    private GatewayHandlerMapping mapping(Route... table) {
        routes = Flux.just(table);
        return refreshed();
    }

    private GatewayHandlerMapping refreshed() {
        GatewayHandlerMapping mapping = create();
        refresh(mapping);
        return mapping;
    }

    private GatewayHandlerMapping create() {
        return create(new GlobalCorsProperties());
    }

    private GatewayHandlerMapping create(GlobalCorsProperties cors) {
        return new GatewayHandlerMapping(
                new PreparedFilteringWebHandler(List.of(), List.of()),
                () -> Flux.defer(() -> {
                    loads.incrementAndGet();
                    return routes;
                }),
                () -> UpstreamView.EMPTY,
                cors,
                new MockEnvironment(),
                new Canary(Map.of(), new SeededRandom(1)));
    }

    private void refresh(GatewayHandlerMapping mapping) {
        mapping.onApplicationEvent(new RefreshRoutesResultEvent(this));
    }

    private Route answering(String id, boolean answer) {
        return route(id, e -> Mono.just(answer));
    }

    private Route later(String id, boolean answer) {
        return route(
                id, e -> Mono.delay(Duration.ofMillis(2), Schedulers.parallel()).map(tick -> answer));
    }

    private Route route(String id, AsyncPredicate<ServerWebExchange> predicate) {
        return Route.async()
                .id(id)
                .uri("http://up")
                .asyncPredicate(e -> {
                    log.add(id);
                    return predicate.apply(e);
                })
                .filters(List.<GatewayFilter>of())
                .build();
    }

    private static MockServerWebExchange exchange() {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    }

    private static PreparedTarget target(GatewayHandlerMapping mapping) {
        MockServerWebExchange exchange = exchange();
        outcome(mapping, exchange);
        PreparedTarget target =
                GatewayExchange.require(exchange.getAttributes()).target();
        assertThat(target).isNotNull();
        return Objects.requireNonNull(target);
    }

    /** What a dispatcher would find. */
    private static String outcome(RoutePredicateHandlerMapping mapping, MockServerWebExchange exchange) {
        return Objects.requireNonNull(routed(mapping, exchange).block(SOON));
    }

    private static Mono<String> routed(RoutePredicateHandlerMapping mapping, MockServerWebExchange exchange) {
        return mapping.getHandler(exchange)
                .map(handler -> "route " + routeId(exchange))
                .defaultIfEmpty("none")
                .onErrorResume(e -> Mono.just("error " + e.getMessage()));
    }

    private static @Nullable String directOutcome(GatewayHandlerMapping mapping, MockServerWebExchange exchange) {
        AtomicBoolean other = new AtomicBoolean();
        return mapping.route(exchange, e -> Mono.fromRunnable(() -> other.set(true)))
                .then(Mono.fromSupplier(() -> other.get() ? "none" : "route " + routeId(exchange)))
                .onErrorResume(e -> Mono.just("error " + e.getMessage()))
                .block(SOON);
    }

    private static String routeId(ServerWebExchange exchange) {
        Route route = exchange.getRequiredAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR);
        return route.getId();
    }
}
