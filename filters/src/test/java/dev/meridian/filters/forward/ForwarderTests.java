package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.random.SeededRandom;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import org.springframework.web.server.session.DefaultWebSessionManager;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** From an exchange, of whatever server, to what a real backend gets, and back. */
class ForwarderTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final String OK = "ok";

    private final Upstreams upstreams = new Upstreams();
    private final Backend backend = Backend.start(Behaviour.answer(200, OK));
    private final HttpHeaders fields = new HttpHeaders();
    private final List<HttpHeadersFilter> headersFilters = new ArrayList<>();
    private MockServerHttpResponse response = new OtherServersResponse();
    private HttpMethod method = HttpMethod.GET;
    private Flux<DataBuffer> body = Flux.empty();
    private ServerWebExchange exchange = exchange("http://gateway/");

    @BeforeEach
    void host() {
        fields.set("Host", "shop.example");
    }

    @AfterEach
    void close() {
        upstreams.close();
        backend.close();
    }

    // ---- the request line

    @ParameterizedTest
    @CsvSource({
        "/a/b?x=1&y=2,      /a/b?x=1&y=2",
        "/a%2Fb%20c?q=%26,  /a%2Fb%20c?q=%26",
        "?x=1,              /?x=1",
        "'',                /",
        "/a?,               /a?",
        "//double//slash/,  //double//slash/",
        "/ä?ö=ü,            /%C3%A4?%C3%B6=%C3%BC",
        "'/a;p=1,2/@:!$()', '/a;p=1,2/@:!$()'",
    })
    void forward_target_isPathAndQueryAsTheyStand(String target, String expected) {
        forward(target);

        assertThat(backend.lastRequest().target()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"GET", "DELETE", "OPTIONS", "PROPFIND", "M-SEARCH"})
    void forward_method_isTheClients(String name) {
        method = HttpMethod.valueOf(name);

        forward("/");

        assertThat(backend.lastRequest().method()).isEqualTo(name);
    }

    // ---- header

    @Test
    void forward_host_isTheEndpoints() {
        forward("/");

        assertThat(backend.lastRequest().headers().all("Host")).containsExactly("127.0.0.1:" + backend.port());
        assertThat(backend.lastRequest().headers().all("X-Forwarded-Host")).containsExactly("shop.example");
    }

    @Test
    void forward_hostPreserved_isTheClients() {
        exchange.getAttributes().put(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, true);

        forward("/");

        assertThat(backend.lastRequest().headers().all("Host")).containsExactly("shop.example");
    }

    @Test
    void forward_prefixWasStripped_isSaid() {
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_ORIGINAL_REQUEST_URL_ATTR,
                        new LinkedHashSet<>(Set.of(URI.create("http://gateway/api/orders"))));

        forward("/orders");

        assertThat(backend.lastRequest().headers().all("X-Forwarded-Prefix")).containsExactly("/api");
    }

    @Test
    void forward_applicationsHeadersFilters_countBothWays() {
        headersFilters.add(new HttpHeadersFilter() {
            @Override
            public HttpHeaders filter(HttpHeaders input, ServerWebExchange on) {
                HttpHeaders output = new HttpHeaders();
                output.addAll(input);
                output.set("X-Filtered", "1");
                output.remove("X-Dropped");
                return output;
            }

            @Override
            public boolean supports(Type type) {
                return true;
            }
        });
        fields.set("X-Dropped", "1");

        forward("/");

        assertThat(backend.lastRequest().headers().first("X-Filtered")).hasValue("1");
        assertThat(backend.lastRequest().headers().has("X-Dropped")).isFalse();
        assertThat(response.getHeaders().getFirst("X-Filtered")).isEqualTo("1");
    }

    // ---- body

    @Test
    void forward_bodyWithALength_keepsIt() {
        post("Content-Length", "7", "one two");

        forward("/");

        Recorded request = backend.lastRequest();
        assertThat(request.headers().all("Content-Length")).containsExactly("7");
        assertThat(request.headers().has("Transfer-Encoding")).isFalse();
        assertThat(request.body().text()).isEqualTo("one two");
    }

    @Test
    void forward_chunkedBody_isChunked() {
        post("Transfer-Encoding", "chunked", "one", " two");

        forward("/");

        Recorded request = backend.lastRequest();
        assertThat(request.headers().all("Transfer-Encoding")).containsExactly("chunked");
        assertThat(request.body().text()).isEqualTo("one two");
    }

    @Test
    void forward_emptyBodyWithALength_keepsTheLength() {
        post("Content-Length", "0");

        forward("/");

        assertThat(backend.lastRequest().headers().all("Content-Length")).containsExactly("0");
        assertThat(backend.lastRequest().complete()).isTrue();
    }

    @Test
    void forward_lengthBeyondTheLimit_isRefusedUnsent() {
        post("Content-Length", "1048577");

        assertFails(Failure.REQUEST_TOO_LARGE);
        assertThat(backend.requests()).isEmpty();
    }

    @Test
    void forward_chunksBeyondTheLimit_areRefusedAndNeverAWholeRequest() {
        String large = "x".repeat(300_000);
        post("Transfer-Encoding", "chunked", large, large, large, large);

        assertFails(Failure.REQUEST_TOO_LARGE);
        assertThat(backend.requests()).noneMatch(Recorded::complete);
    }

    // ---- where to

    @Test
    void forward_endpointWasChosen_isNotedAndUsed() {
        Endpoint endpoint = new Endpoint("http", "127.0.0.1", backend.port(), 1, "z", Map.of());
        Upstream upstream = upstream("stock", endpoint);
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        own.chosen(upstream, "stock", endpoint);

        forward("/");

        assertThat(own.endpoint()).isSameAs(endpoint);
        assertThat(own.attempts()).isEqualTo(1);
        assertThat(upstreams.pool().upstream()).isEqualTo("stock");
    }

    @Test
    void forward_filterChangedTheUrl_goesThereInsteadOfToTheChosen() {
        Endpoint elsewhere = new Endpoint("http", "192.0.2.1", 80, 1, null, Map.of());
        Upstream upstream = upstream("stock", elsewhere);
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        own.chosen(upstream, "stock", elsewhere);

        forward("/");

        assertThat(own.upstream()).isNull();
        assertThat(own.upstreamName()).isEqualTo("127.0.0.1:" + backend.port());
        assertThat(backend.requestCount()).isEqualTo(1);
    }

    /** An upstream may be called like a host that a route names itself; their connections have nothing in common. */
    @Test
    void forward_upstreamCalledLikeAnAddress_sharesNothingWithIt() {
        String name = "127.0.0.1:" + backend.port();
        Endpoint endpoint = new Endpoint("http", "127.0.0.1", backend.port(), 1, null, Map.of());
        Upstream upstream = upstream(name, endpoint);
        forward("/direct");

        response = new OtherServersResponse();
        exchange = exchange("http://gateway/");
        GatewayExchange.require(exchange.getAttributes()).chosen(upstream, name, endpoint);
        forward("/balanced");

        assertThat(upstreams.transport.pools()).hasSize(2);
        assertThat(backend.connections().total()).isEqualTo(2);
    }

    // ---- deadlines of the route

    @ParameterizedTest
    @CsvSource({"100", "'100'"})
    void forward_routesResponseTimeout_isHeeded(String millis) {
        backend.behave(Behaviour.blackHole());
        route(Map.of("response-timeout", millis));

        assertFails(Failure.HTTP_RESPONSE_TIMEOUT);
    }

    @Test
    void forward_routesTimeoutAsANumber_isHeeded() {
        backend.behave(Behaviour.blackHole());
        route(Map.of("response-timeout", 100));

        assertFails(Failure.HTTP_RESPONSE_TIMEOUT);
    }

    @Test
    void forward_routesTimeoutOff_waitsLongerThanTheUpstreamsOwn() {
        backend.behave(Behaviour.after(Duration.ofMillis(2_200), Behaviour.answer(200, OK)));
        route(Map.of("response-timeout", -1));

        forward("/");

        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.OK);
    }

    @Test
    void forward_routesTimeoutThatIsNone_isIgnored() {
        route(Map.of("response-timeout", "soon", "connect-timeout", "later"));

        forward("/");

        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.OK);
    }

    // ---- the answer

    @Test
    void forward_answer_isWritten() {
        forward("/");

        assertThat(response.getStatusCode()).isEqualTo(HttpStatus.OK);
        assertThat(response.getHeaders().getFirst("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(response.getBodyAsString().block(SOON)).isEqualTo(OK);
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        assertThat(own.responseBytes()).isEqualTo(2);
        assertThat(own.upstreamStartNanos()).isNotZero();
        assertThat(own.upstreamFirstByteNanos()).isGreaterThanOrEqualTo(own.upstreamStartNanos());
        assertThat(own.upstreamEndNanos()).isGreaterThanOrEqualTo(own.upstreamFirstByteNanos());
    }

    @Test
    void forward_backendIsGone_isAFailure() {
        backend.stop();

        assertFails(Failure.CONNECTION_REFUSED);
    }

    private void assertFails(Failure expected) {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> forward("/"))
                .havingCause()
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.failure()).isEqualTo(expected));
    }

    private void forward(String target) {
        Forwarder forwarder = new Forwarder(
                upstreams.transport,
                new RequestHeaders(
                        new ForwardProperties(true, true, "meridian"), StockSwitches.from(new MockEnvironment())),
                headersFilters,
                Upstreams.Pool.of(4).settings(),
                1 << 20,
                Upstreams.retries());
        exchange.getAttributes()
                .put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, URI.create(backend.url() + target));
        new WriteResponseFilter(List.of())
                .filter(exchange, e -> new ForwardFilter(forwarder).filter(e, rest -> Mono.empty()))
                .block(SOON);
    }

    private void post(String framing, String value, String... parts) {
        method = HttpMethod.POST;
        fields.set(framing, value);
        body = Flux.just(parts)
                .map(part -> DefaultDataBufferFactory.sharedInstance.wrap(part.getBytes(StandardCharsets.UTF_8)));
    }

    private static Upstream upstream(String name, Endpoint endpoint) {
        return new RegionUpstreamFactory(
                        new LiveStates(),
                        new Breakers(Clock.systemUTC(), new SeededRandom(1), change -> {}),
                        System::nanoTime,
                        new SeededRandom(1),
                        suspect -> {})
                .of(name, List.of(endpoint), Upstreams.Pool.of(1).settings());
    }

    private void route(Map<String, Object> metadata) {
        exchange.getAttributes()
                .put(
                        ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR,
                        Route.async()
                                .id("r")
                                .uri(backend.url())
                                .predicate(e -> true)
                                .metadata(metadata)
                                .build());
    }

    private ServerWebExchange exchange(String uri) {
        return new DefaultServerWebExchange(
                new OtherServersRequest(URI.create(uri)),
                response,
                new DefaultWebSessionManager(),
                ServerCodecConfigurer.create(),
                new AcceptHeaderLocaleContextResolver());
    }

    private static final class OtherServersResponse extends MockServerHttpResponse {

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getNativeResponse() {
            return (T) new Object();
        }
    }

    /** A request that no server of Reactor Netty has made. */
    private final class OtherServersRequest extends AbstractServerHttpRequest {

        OtherServersRequest(URI uri) {
            super(HttpMethod.GET, uri, "", fields);
        }

        @Override
        public HttpMethod getMethod() {
            return method;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return body;
        }

        @Override
        public InetSocketAddress getRemoteAddress() {
            return new InetSocketAddress("203.0.113.9", 4711);
        }

        @Override
        protected MultiValueMap<String, HttpCookie> initCookies() {
            return new LinkedMultiValueMap<>();
        }

        @Override
        protected @Nullable SslInfo initSslInfo() {
            return null;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getNativeRequest() {
            return (T) new Object();
        }
    }
}
