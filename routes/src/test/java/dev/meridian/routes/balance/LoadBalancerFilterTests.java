package dev.meridian.routes.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ORIGINAL_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR;

import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.NoEndpointException;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.gateway.filter.ReactiveLoadBalancerClientFilter;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class LoadBalancerFilterTests {

    private static final Lab LAB = new Lab();

    private static final Duration SOON = Duration.ofSeconds(5);

    private static final ClientLocator NOWHERE = (client, trusted, headers) -> null;

    private static final UpstreamSettings SETTINGS = new UpstreamSettings(
            Protocol.HTTP1,
            new PoolDefinition(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
            TimeoutDefinition.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)));

    private final UpstreamRegistry registry = new UpstreamRegistry(Map.of(
            "plain", upstream("plain", new Endpoint("http", "10.0.0.1", 8080, 1, null, Map.of())),
            "secure", upstream("secure", new Endpoint("https", "10.0.0.2", 443, 1, null, Map.of())),
            "orders_v2", upstream("orders_v2", new Endpoint("http", "::1", 80, 1, null, Map.of()))));
    private final DiscoveredUpstreams discovered =
            new DiscoveredUpstreams(new OneService(), SETTINGS, LAB.factory, System::nanoTime);
    private final LoadBalancerFilter filter = new LoadBalancerFilter(registry, discovered, NOWHERE, false);
    private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
    private final List<String> log = new ArrayList<>();

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "lb://plain/a?x=1,      -,  http://10.0.0.1:8080/a?x=1",
                "lb://plain,            -,  http://10.0.0.1:8080",
                "lb://plain:99/a,       -,  http://10.0.0.1:8080/a",
                "lb://secure/a,         -,  https://10.0.0.2/a",
                "'lb://orders_v2/a%20b?q=%2F', -, 'http://[::1]/a%20b?q=%2F'",
                "ws://plain/s,          lb, ws://10.0.0.1:8080/s",
                "wss://plain/s,         lb, ws://10.0.0.1:8080/s",
                "ws://secure/s,         lb, wss://10.0.0.2/s",
                "wss://secure/s,        lb, wss://10.0.0.2/s",
                "http://secure/s,       lb, https://10.0.0.2/s",
                "https://plain/s,       lb, http://10.0.0.1:8080/s",
                "lb://found/a,          -,  http://10.0.0.9:81/a",
                "ws://found/a,          lb, ws://10.0.0.9:81/a",
            })
    void filter_balancedUri_isSentToTheChosenEndpoint(String url, @Nullable String prefix, String expected) {
        run(url, prefix);

        assertThat((URI) exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR)).hasToString(expected);
        assertThat(log).containsExactly("rest");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"http://plain/a, -", "https://other/a, -", "ws://plain/a, ws", "-, -"})
    void filter_anyOtherUri_isLeftAsItIs(@Nullable String url, @Nullable String prefix) {
        run(url, prefix);

        URI after = exchange.getAttribute(GATEWAY_REQUEST_URL_ATTR);
        assertThat(after).isEqualTo(url == null ? null : URI.create(url));
        assertThat(GatewayExchange.of(exchange.getAttributes())).isNull();
        assertThat(log).containsExactly("rest");
    }

    @ParameterizedTest
    @CsvSource({"lb://nobody/a, nobody", "lb://Plain/a, Plain", "lb://no_body/a, no_body"})
    void filter_unknownName_isNotFound(String url, String name) {
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, URI.create(url));

        StepVerifier.create(filter.filter(exchange, e -> Mono.error(new AssertionError("must not go on"))))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(NotFoundException.class)
                        .hasMessageContaining("No upstream and no discovered service is named " + name))
                .verify(SOON);
    }

    @ParameterizedTest
    @CsvSource({"false, 503", "true, 404"})
    void filter_unknownName_hasTheStatusAskedFor(boolean use404, int status) {
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, URI.create("lb://nobody/a"));

        StepVerifier.create(new LoadBalancerFilter(registry, discovered, NOWHERE, use404)
                        .filter(exchange, e -> Mono.empty()))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                NotFoundException.class,
                                none -> assertThat(none.getStatusCode().value()).isEqualTo(status)))
                .verify(SOON);
    }

    @Test
    void filter_choice_isNotedWithUpstreamAndEndpoint() {
        run("lb://plain/a", null);

        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        assertThat(own.upstream()).isSameAs(registry.find("plain"));
        assertThat(own.upstreamName()).isEqualTo("plain");
        assertThat(own.endpoint()).isEqualTo(new Endpoint("http", "10.0.0.1", 8080, 1, null, Map.of()));
    }

    @Test
    void filter_originalUrls_areKeptInOrder() {
        exchange.getAttributes()
                .put(GATEWAY_ORIGINAL_REQUEST_URL_ATTR, new LinkedHashSet<>(Set.of(URI.create("http://client/api/a"))));

        run("lb://plain/a", null);

        Set<URI> originals = exchange.getRequiredAttribute(GATEWAY_ORIGINAL_REQUEST_URL_ATTR);
        assertThat(originals).containsExactly(URI.create("http://client/api/a"), URI.create("lb://plain/a"));
    }

    @Test
    void filter_subscribedAgain_choosesAgain() {
        registry.replace(Map.of(
                "two",
                upstream(
                        "two",
                        new Endpoint("http", "10.0.0.1", 80, 1, null, Map.of()),
                        new Endpoint("http", "10.0.0.2", 80, 1, null, Map.of()))));

        run("lb://two/a", null);
        URI first = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
        run("lb://two/a", null);
        URI second = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);

        assertThat(List.of(first, second))
                .containsExactly(URI.create("http://10.0.0.1/a"), URI.create("http://10.0.0.2/a"));
    }

    /** The stock balancers behind it look at scheme and prefix, and must not find anything left to balance. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"lb://plain/a, -", "ws://plain/a, lb"})
    void filter_done_leavesTheStockBalancersNothingToDo(String url, @Nullable String prefix) {
        run(url, prefix);

        URI after = exchange.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR);
        assertThat(after.getScheme()).isNotEqualTo("lb");
        assertThat((Object) exchange.getAttribute(GATEWAY_SCHEME_PREFIX_ATTR)).isNotEqualTo("lb");
    }

    @Test
    void filter_noEndpointIsLeft_isUnavailableForASecond() {
        Upstream plain = java.util.Objects.requireNonNull(registry.find("plain"));
        LAB.set(plain, Availability.UNREACHABLE, "10.0.0.1");
        try {
            exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, URI.create("lb://plain/a"));

            StepVerifier.create(filter.filter(exchange, e -> Mono.error(new AssertionError("must not go on"))))
                    .expectErrorSatisfies(e -> assertThat(e).isInstanceOfSatisfying(NoEndpointException.class, none -> {
                        assertThat(none.getStatusCode().value()).isEqualTo(503);
                        assertThat(none.getReason()).isEqualTo("No endpoint is available");
                        assertThat(none.getHeaders().getFirst("Retry-After")).isEqualTo("1");
                    }))
                    .verify(SOON);
        } finally {
            LAB.set(plain, Availability.AVAILABLE, "10.0.0.1");
        }
    }

    @Test
    void filter_overCapacity_saysSo() {
        Upstream small = LAB.upstream(Lab.settings(), Lab.withCapacity(Lab.region("small", 0, 1, 1), 1));
        registry.replace(Map.of("small", small));
        while (small.choose(Lab.request()) != null) {
            // until the burst is used up
        }
        exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, URI.create("lb://small/a"));

        StepVerifier.create(filter.filter(exchange, e -> Mono.empty()))
                .expectErrorSatisfies(e -> assertThat(e).hasMessageContaining("All regions carry as much as they can"))
                .verify(SOON);
    }

    @Test
    void filter_choice_isNotedForAnotherTry() {
        run("lb://plain/a", null);

        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        assertThat(java.util.Objects.requireNonNull(own.liveEndpoint()).endpoint())
                .isEqualTo(own.endpoint());
        assertThat(own.selection()).isNotNull();
    }

    /** The same key always goes to the same of ten, and different keys to more than one. */
    @ParameterizedTest
    @CsvSource({"header:X-User", "query:user", "cookie:user", "path"})
    void filter_hash_isOfTheKeyAskedFor(String hashOn) {
        registry.replace(Map.of(
                "hashed", LAB.upstream(Lab.settings("balance=hash", "hash-on=" + hashOn), Lab.region("h", 0, 1, 10))));
        Set<String> hosts = new LinkedHashSet<>();
        for (int user = 0; user < 50; user++) {
            String first = hashed(user);
            assertThat(hashed(user)).isEqualTo(first);
            hosts.add(first);
        }

        assertThat(hosts).hasSizeGreaterThan(5);
    }

    @Test
    void filter_hashWithoutTheKey_isOfTheClient() {
        registry.replace(Map.of(
                "hashed",
                LAB.upstream(Lab.settings("balance=hash", "hash-on=header:X-None"), Lab.region("h", 0, 1, 10))));

        assertThat(hashed(1)).isEqualTo(hashed(2));
    }

    private String hashed(int user) {
        MockServerWebExchange one =
                MockServerWebExchange.from(MockServerHttpRequest.get("/users/" + user + "?user=" + user)
                        .header("X-User", "u" + user)
                        .cookie(new org.springframework.http.HttpCookie("user", "u" + user)));
        one.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, URI.create("lb://hashed/a"));
        filter.filter(one, e -> Mono.empty()).block(SOON);
        return ((URI) one.getRequiredAttribute(GATEWAY_REQUEST_URL_ATTR)).getHost();
    }

    @Test
    void order_isBeforeTheStockBalancers() {
        assertThat(filter.getOrder())
                .isEqualTo(FilterOrder.LOAD_BALANCER.value())
                .isLessThan(ReactiveLoadBalancerClientFilter.LOAD_BALANCER_CLIENT_FILTER_ORDER);
    }

    private void run(@Nullable String url, @Nullable String prefix) {
        if (url != null) {
            exchange.getAttributes().put(GATEWAY_REQUEST_URL_ATTR, URI.create(url));
        }
        if (prefix != null) {
            exchange.getAttributes().put(GATEWAY_SCHEME_PREFIX_ATTR, prefix);
        }
        filter.filter(exchange, e -> Mono.fromRunnable(() -> log.add("rest"))).block(SOON);
    }

    private static Upstream upstream(String name, Endpoint... endpoints) {
        return LAB.factory.of(name, List.of(endpoints), SETTINGS);
    }

    private static final class OneService implements ReactiveDiscoveryClient {

        @Override
        public String description() {
            return "one";
        }

        @Override
        public Flux<ServiceInstance> getInstances(String serviceId) {
            return serviceId.equals("found")
                    ? Flux.just(new DefaultServiceInstance("1", "found", "10.0.0.9", 81, false))
                    : Flux.empty();
        }

        @Override
        public Flux<String> getServices() {
            return Flux.just("found");
        }
    }
}
