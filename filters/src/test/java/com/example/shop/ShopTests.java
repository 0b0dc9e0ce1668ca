package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.Answer;
import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.RepeatingBytes;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The same on every way from the server to the routes. */
@SpringBootTest(
        classes = ShopApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "spring.cloud.gateway.server.webflux.routes[0].id=direct",
            "spring.cloud.gateway.server.webflux.routes[0].uri=${shop.backend}",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/direct/**",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0]=StripPrefix=1",
            "spring.cloud.gateway.server.webflux.routes[1].id=balanced",
            "spring.cloud.gateway.server.webflux.routes[1].uri=lb://stock",
            "spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/balanced/**",
            "spring.cloud.gateway.server.webflux.routes[1].filters[0]=StripPrefix=1",
            "spring.cloud.gateway.server.webflux.routes[2].id=prefixed",
            "spring.cloud.gateway.server.webflux.routes[2].uri=lb:http://stock",
            "spring.cloud.gateway.server.webflux.routes[2].predicates[0]=Path=/prefixed/**",
            "spring.cloud.gateway.server.webflux.routes[3].id=underscore",
            "spring.cloud.gateway.server.webflux.routes[3].uri=lb://stock_v2",
            "spring.cloud.gateway.server.webflux.routes[3].predicates[0]=Path=/underscore/**",
            "spring.cloud.gateway.server.webflux.routes[4].id=down",
            "spring.cloud.gateway.server.webflux.routes[4].uri=http://127.0.0.1:${shop.closed-port}",
            "spring.cloud.gateway.server.webflux.routes[4].predicates[0]=Path=/down/**",
            "spring.cloud.gateway.server.webflux.routes[5].id=nobody",
            "spring.cloud.gateway.server.webflux.routes[5].uri=lb://nobody",
            "spring.cloud.gateway.server.webflux.routes[5].predicates[0]=Path=/nobody/**",
            "meridian.upstreams.stock.endpoints=${shop.backend}",
            "meridian.upstreams.stock_v2.endpoints[0].uri=${shop.backend}",
            "meridian.http.max-request-body=1MB",
        })
abstract class ShopTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Backend BACKEND = Backend.start(Behaviour.echo());

    @Autowired
    ApplicationContext context;

    @Value("${local.server.port}")
    private int port;

    @DynamicPropertySource
    static void backend(DynamicPropertyRegistry registry) throws IOException {
        registry.add("shop.backend", BACKEND::url);
        try (ServerSocket free = new ServerSocket(0)) {
            int closed = free.getLocalPort();
            registry.add("shop.closed-port", () -> closed);
        }
    }

    @AfterAll
    static void nothingOdd() {
        assertThat(BACKEND.violations()).isEmpty();
    }

    @BeforeEach
    void forget() {
        BACKEND.behave(Behaviour.echo());
        BACKEND.forgetRequests();
    }

    // ---- routes

    @ParameterizedTest
    @CsvSource({
        "/direct/a/b?x=1&y=%20,  /a/b?x=1&y=%20",
        "/balanced/a%2Fb?x=1,    /a%2Fb?x=1",
        "/prefixed/a,            /prefixed/a",
        "/underscore/a,          /underscore/a",
    })
    void get_route_isForwarded(String target, String expected) {
        Response response = get(target);

        assertThat(response.status()).isEqualTo(200);
        assertThat(BACKEND.lastRequest().target()).isEqualTo(expected);
        assertThat(response.body().text()).contains("\"method\":\"GET\"");
    }

    @Test
    void get_route_carriesTheGatewaysFields() {
        send("GET /direct/a HTTP/1.1\r\nHost: shop.example:81\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: X-Secret\r\n"
                + "X-Secret: s\r\nAccept: text/x\r\n\r\n");

        Headers got = BACKEND.lastRequest().headers();
        assertThat(got.all("Host")).containsExactly("127.0.0.1:" + BACKEND.port());
        assertThat(got.all("X-Forwarded-For")).containsExactly("127.0.0.1");
        assertThat(got.all("X-Forwarded-Host")).containsExactly("shop.example:81");
        assertThat(got.all("X-Forwarded-Prefix")).containsExactly("/direct");
        assertThat(got.all("Forwarded")).containsExactly("for=127.0.0.1;host=\"shop.example:81\";proto=http");
        assertThat(got.all("Via")).containsExactly("1.1 meridian");
        assertThat(got.all("Accept")).containsExactly("text/x");
        assertThat(got.first("traceparent").orElse("")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        assertThat(got.has("X-Secret")).isFalse();
    }

    @Test
    void get_route_applicationsOwnFiltersCount() {
        Response response = get("/direct/a");

        assertThat(response.headers().first("X-Shop-Web-Filter")).hasValue("1");
        assertThat(BACKEND.lastRequest().headers().first("X-Shop-Global-Filter"))
                .hasValue("1");
        assertThat(BACKEND.lastRequest().headers().first("X-Shop-Headers-Filter"))
                .hasValue("1");
    }

    /** Whoever chooses the host must not choose what the upstream believes of the client. */
    @ParameterizedTest
    @ValueSource(strings = {"a,for=6.6.6.6", "a;for=6.6.6.6"})
    void get_hostWithSeparators_addsNoHop(String host) {
        Response response = send("GET /direct/a HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

        List<String> forwarded = BACKEND.requests().stream()
                .flatMap(request -> request.headers().all("Forwarded").stream())
                .map(value -> value.replaceAll("\"[^\"]*\"", "\"\""))
                .toList();
        assertThat(forwarded).allSatisfy(value -> assertThat(value).doesNotContain("6.6.6.6"));
        assertThat(response.status()).isIn(200, 400);
    }

    @ParameterizedTest
    @CsvSource({"200, 5", "204, 0", "304, 0", "404, 5", "500, 5", "599, 5"})
    void get_answer_comesAsItIs(int status, int length) {
        BACKEND.behave(
                Behaviour.answer(status, Headers.of("X-B", "1", "X-B", "2", "Keep-Alive", "timeout=9"), "12345"));

        Response response = get("/direct/a");

        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers().all("X-B")).containsExactly("1", "2");
        assertThat(response.headers().has("Keep-Alive")).isFalse();
        assertThat(response.body().length()).isEqualTo(length);
        assertThat(response.complete()).isTrue();
    }

    @Test
    void head_answer_hasTheFieldsOnly() {
        try (RawClient client = connect()) {
            client.send("HEAD /direct/a HTTP/1.1\r\nHost: a\r\n\r\n");
            Response response = client.readResponseToHead();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().has("Content-Length")).isTrue();

            assertThat(client.get("/direct/b").readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void get_oneAfterTheOther_onOneConnection() {
        try (RawClient client = connect()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/balanced/" + i).readResponse().status()).isEqualTo(200);
            }
        }
        assertThat(BACKEND.requests()).extracting(Recorded::path).containsExactly("/0", "/1", "/2", "/3", "/4");
    }

    // ---- bodies

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000, 1_000_000})
    void post_bodyWithALength_arrivesWhole(int length) {
        try (RawClient client = connect()) {
            client.send("POST /direct/a HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n")
                    .sendRepeating(length);

            assertThat(client.readResponse().status()).isEqualTo(200);
        }
        assertThat(BACKEND.lastRequest().complete()).isTrue();
        assertThat(BACKEND.lastRequest().body().length()).isEqualTo(length);
        assertThat(BACKEND.lastRequest().body().sha256()).isEqualTo(RepeatingBytes.sha256(length));
    }

    @Test
    void post_chunkedBody_arrivesWhole() {
        Response response = send("POST /balanced/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\none\r\n4\r\n two\r\n0\r\n\r\n");

        assertThat(response.status()).isEqualTo(200);
        assertThat(BACKEND.lastRequest().body().text()).isEqualTo("one two");
    }

    @Test
    void post_bodyTooLarge_is413() {
        Response response = send("POST /direct/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n");

        ProblemAssert.assertThat(response.answer()).hasStatus(413).isProblem();
        assertThat(BACKEND.requests()).isEmpty();
    }

    @Test
    void get_largeAnswer_arrivesWhole() {
        BACKEND.behave(Behaviour.large(3_000_000));

        Response response = get("/direct/a");

        assertThat(response.complete()).isTrue();
        assertThat(response.body().length()).isEqualTo(3_000_000);
        assertThat(response.body().sha256()).isEqualTo(RepeatingBytes.sha256(3_000_000));
    }

    @Test
    void get_events_comeOneByOne() {
        BACKEND.behave(Behaviour.serverSentEvents(Integer.MAX_VALUE, Duration.ofMillis(100)));
        try (RawClient client = connect()) {
            client.get("/direct/events");

            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.readBytes(10)).isNotEmpty();
        }
        await().atMost(SOON).until(() -> BACKEND.connectionLog().stream().noneMatch(c -> isBusy(c.id())));
    }

    private static boolean isBusy(long connection) {
        return BACKEND.requests().stream().anyMatch(request -> request.connection() == connection)
                && BACKEND.connectionLog().stream().anyMatch(c -> c.id() == connection && c.open());
    }

    @Test
    void get_answerThatBreaksOff_neverLooksWhole() {
        BACKEND.behave(Behaviour.halfBody(100, 10));

        try (RawClient client = connect()) {
            assertThat(client.get("/direct/a").readResponse().complete()).isFalse();
        }
    }

    @Test
    void get_clientGoesAway_upstreamIsCancelled() {
        BACKEND.behave(Behaviour.blackHole());
        try (RawClient client = connect()) {
            client.get("/direct/a");
            BACKEND.awaitRequests(1);
        }
        long connection = BACKEND.lastRequest().connection();

        await().atMost(SOON)
                .until(() -> BACKEND.connectionLog().stream().noneMatch(c -> c.id() == connection && c.open()));
    }

    // ---- what the gateway answers itself

    @ParameterizedTest
    @CsvSource({
        "/down/a,         502, connection_refused",
        "/nobody/a,       503, destination_unavailable",
        "/direct/a?throw, 500, proxy_internal_error",
        "/direct/a?null,  500, proxy_internal_error",
    })
    void get_failure_isAProblem(String target, int status, String proxyError) {
        ProblemAssert.assertThat(answer(target))
                .hasStatus(status)
                .isProblem()
                .hasProxy("meridian")
                .hasProxyError(proxyError)
                .doesNotMention("127.0.0.1", "secret", "Exception");
    }

    @Test
    void get_noRoute_isAProblem() {
        ProblemAssert.assertThat(answer("/none"))
                .hasStatus(404)
                .isProblem()
                .hasDetail("No route matches the request.")
                .hasNoProxyStatus();
    }

    Answer answer(String target) {
        return get(target).answer();
    }

    Response get(String target) {
        try (RawClient client = connect()) {
            return client.get(target).readResponse();
        }
    }

    Response send(String request) {
        try (RawClient client = connect()) {
            return client.send(request).readResponse();
        }
    }

    RawClient connect() {
        return RawClient.connect(Endpoint.loopback(port));
    }
}
