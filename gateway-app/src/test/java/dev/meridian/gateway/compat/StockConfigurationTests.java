package dev.meridian.gateway.compat;

import static dev.meridian.gateway.compat.Call.get;
import static dev.meridian.gateway.compat.Call.post;
import static dev.meridian.testkit.backend.Behaviour.after;
import static dev.meridian.testkit.backend.Behaviour.blackHole;
import static dev.meridian.testkit.backend.Behaviour.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.client.Answer;
import dev.meridian.testkit.client.RawClient;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;

/** A configuration of plain Spring Cloud Gateway, {@code compat/stock.yml}, does here what it does there. */
class StockConfigurationTests extends StockGateway {

    private static final Duration SOON = Duration.ofSeconds(5);

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @Autowired
    private WebSessionManager sessions;

    @BeforeEach
    void echoAll() {
        Backends.behave(echo());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.meridian.gateway.compat.StockPredicates#rows")
    void predicate(PredicateRow row) {
        assertThat(row.matching()).isNotEmpty();
        assertThat(row.others()).isNotEmpty();
        for (Call call : row.matching()) {
            Seen seen = see(call);
            assertThat(seen.answer().status())
                    .as("status of %s: %s", call, seen.answer())
                    .isEqualTo(200);
            assertThat(seen.first().size() + seen.second().size())
                    .as("requests at the backends after %s", call)
                    .isEqualTo(1);
        }
        for (Call call : row.others()) {
            Seen seen = see(call);
            assertThat(seen.answer().status())
                    .as("status of %s: %s", call, seen.answer())
                    .isEqualTo(404);
            ProblemAssert.assertThat(seen.answer())
                    .isProblem()
                    .hasInstance(URI.create(call.target()).getPath())
                    .hasNoProxyStatus();
            assertThat(seen.first())
                    .as("requests at the backend after %s", call)
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.meridian.gateway.compat.StockFilters#rows")
    void filter(FilterRow row) throws Exception {
        Backends.behave(row.backend());

        Seen seen = see(row.call());
        try {
            row.check().accept(seen);
        } catch (AssertionError e) {
            throw new AssertionError(row + ": " + e.getMessage() + "\nin " + seen.answer(), e);
        }
    }

    @Test
    void hostPredicate_variableOfTheHost_isThereForFilters() {
        Seen seen = see(get("/p/host-variable", "Host", "beta.otherhost.example"));

        assertThat(seen.sent("X-Sub")).containsExactly("sub-beta");
    }

    @Test
    void weightPredicate_manyRequests_areSharedAsTheWeightsSay() {
        Backends.FIRST.forgetRequests();
        Backends.SECOND.forgetRequests();
        try (RawClient client = RawClient.connect(port)) {
            for (int i = 0; i < 200; i++) {
                assertThat(get("/p/weight").over(client, port).status()).isEqualTo(200);
            }
        }

        long low = Backends.SECOND.requestCount();
        // 40 of 200 with a deviation of 5.7: seven of them either way.
        assertThat(low).isBetween(1L, 80L);
        assertThat(Backends.FIRST.requestCount()).isEqualTo(200 - low);
    }

    @Test
    void saveSession_withData_savesItBeforeTheBackendIsAsked() {
        InMemoryWebSessionStore store =
                (InMemoryWebSessionStore) ((DefaultWebSessionManager) sessions).getSessionStore();
        List<Object> saved = new ArrayList<>();
        Backends.behave((request, out) -> {
            store.getSessions().values().forEach(session -> saved.add(session.getAttribute("user")));
            echo().handle(request, out);
        });

        Seen seen = see(get("/f/save-session-with-data"));

        assertThat(seen.passed().received("Set-Cookie"))
                .singleElement()
                .asString()
                .startsWith("SESSION=");
        assertThat(saved).containsExactly("ford");
    }

    @Test
    void defaultFilters_everyRouteOfTheConfiguration_hasThem() {
        assertThat(see(get("/p/after")).received("X-Default-Filter")).containsExactly("applied");
        assertThat(see(get("/f/set-status")).received("X-Default-Filter")).containsExactly("applied");
        assertThat(see(get("/catalog/x")).received("X-Default-Filter")).containsExactly("applied");
    }

    private Seen see(Call call) {
        return Backends.see(call, port);
    }

    @Nested
    class Routing {

        @Test
        void upstream_byItsName_takesItsEndpointsInTurn() {
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                seen.add(see(get("/r/balanced/x?i=" + i)));
            }

            assertThat(seen).allSatisfy(one -> assertThat(one.answer().status()).isEqualTo(200));
            List<Boolean> first =
                    seen.stream().map(one -> !one.first().isEmpty()).toList();
            assertThat(first.get(0)).isNotEqualTo(first.get(1));
            assertThat(first.subList(2, 4)).isEqualTo(first.subList(0, 2));
            assertThat(
                            seen.get(3).first().isEmpty()
                                    ? seen.get(3).second()
                                    : seen.get(3).first())
                    .singleElement()
                    .satisfies(request -> assertThat(request.target()).isEqualTo("/balanced/x?i=3"));
        }

        @Test
        void service_thatOnlyDiscoveryKnows_takesItsInstancesInTurn() {
            Seen one = see(get("/r/discovered"));
            Seen two = see(get("/r/discovered"));

            assertThat(one.answer().status()).isEqualTo(200);
            assertThat(two.answer().status()).isEqualTo(200);
            assertThat(one.first().size() + two.first().size()).isEqualTo(1);
            assertThat(one.second().size() + two.second().size()).isEqualTo(1);
        }

        @Test
        void discoveryLocator_makesARouteForEachService() {
            Seen seen = see(get("/catalog/items/1?a=b"));

            assertThat(seen.passed().first().isEmpty() ? seen.second() : seen.first())
                    .singleElement()
                    .satisfies(request -> assertThat(request.target()).isEqualTo("/items/1?a=b"));
        }

        @Test
        void service_thatNobodyKnows_is503() {
            ProblemAssert.assertThat(see(get("/r/nowhere")).answer())
                    .isProblem()
                    .hasStatus(503)
                    .hasProxyError("destination_unavailable");
        }

        @Test
        void responseTimeoutInMetadata_backendDoesNotAnswer_is504() {
            Backends.behave(blackHole());
            long start = System.nanoTime();

            Answer answer = see(get("/r/response-timeout")).answer();

            ProblemAssert.assertThat(answer).isProblem().hasStatus(504).hasProxyError("http_response_timeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(200), SOON);
        }

        @Test
        void responseTimeoutInMetadata_switchedOff_waits() {
            Backends.behave(after(Duration.ofMillis(400), echo()));

            assertThat(see(get("/r/no-response-timeout")).answer().status()).isEqualTo(200);
        }

        @Test
        void connectTimeoutInMetadata_backendDoesNotAccept_is504() {
            long start = System.nanoTime();

            Answer answer = see(get("/r/connect-timeout")).answer();

            ProblemAssert.assertThat(answer).isProblem().hasStatus(504).hasProxyError("connection_timeout");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(200), SOON);
        }

        @Test
        void backend_thatDoesNotListen_is502() {
            ProblemAssert.assertThat(see(get("/r/refused")).answer())
                    .isProblem()
                    .hasStatus(502)
                    .hasProxyError("connection_refused");
        }

        @Test
        void forwardUri_toAHandlerOfTheApplication_isAnsweredThere() {
            Answer answer = see(get("/r/forward-handler")).answer();

            assertThat(answer.text()).isEqualTo("answered here");
            assertThat(answer.status()).isEqualTo(200);
        }

        @Test
        void forwardUri_toAnotherRoute_runsBothRoutesFilters() {
            Seen seen = see(get("/r/forward-route"));

            assertThat(seen.sent("X-Request-Red")).containsExactly("Blue-forwarded");
            assertThat(seen.request().path()).isEqualTo("/f/add-request-header/forwarded");
        }

        @Test
        void routes_withAnOrder_areTriedInIt() {
            assertThat(see(get("/r/order")).request().path()).isEqualTo("/r/order");
        }

        @Test
        void route_thatIsDisabled_isNotThere() {
            assertThat(see(get("/r/disabled")).answer().status()).isEqualTo(404);
        }

        @Test
        void uri_withAPath_doesNotUseIt() {
            assertThat(see(get("/r/uri-with-path")).passed().request().path()).isEqualTo("/r/uri-with-path");
        }

        @Test
        void actuator_routeAddedAndRemoved_isServedMeanwhile() {
            String route = "{\"uri\":\"" + Backends.FIRST.url() + "\",\"predicates\":[\"Path=/r/added/**\"],"
                    + "\"filters\":[\"StripPrefix=2\"]}";
            assertThat(see(get("/r/added/x")).answer().status()).isEqualTo(404);

            Answer saved = post("/actuator/gateway/routes/added", route, "Content-Type", "application/json")
                    .send(managementPort);
            assertThat(saved.status()).as("%s", saved).isEqualTo(201);
            refresh();
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    see(get("/r/added/x")).passed().request().path())
                            .isEqualTo("/x"));

            assertThat(Call.request("DELETE", "/actuator/gateway/routes/added")
                            .send(managementPort)
                            .status())
                    .isEqualTo(200);
            refresh();
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(see(get("/r/added/x")).answer().status()).isEqualTo(404));
            assertThat(see(get("/p/after")).answer().status()).isEqualTo(200);
        }

        private void refresh() {
            assertThat(Call.request("POST", "/actuator/gateway/refresh", "Content-Length", "0")
                            .send(managementPort)
                            .status())
                    .isEqualTo(200);
        }
    }

    @Nested
    class Cors {

        private static final String SHOP = "https://shop.example";

        @Test
        void preflight_ofAnAllowedOrigin_isAnsweredByTheGateway() {
            Seen seen = see(preflight("/cors/global/a", SHOP, "PUT", "X-Requested-By"));

            assertThat(seen.answer().status()).isEqualTo(200);
            assertThat(seen.received("Access-Control-Allow-Origin")).containsExactly(SHOP);
            assertThat(seen.received("Access-Control-Allow-Methods")).containsExactly("GET,PUT");
            assertThat(seen.received("Access-Control-Allow-Headers")).containsExactly("X-Requested-By");
            assertThat(seen.received("Access-Control-Max-Age")).containsExactly("60");
            assertThat(seen.first()).isEmpty();
        }

        @Test
        void preflight_ofAnotherOrigin_isRefused() {
            Seen seen = see(preflight("/cors/global/a", "https://evil.example", "PUT", "X-Requested-By"));

            assertThat(seen.answer().status()).isEqualTo(403);
            assertThat(seen.received("Access-Control-Allow-Origin")).isEmpty();
        }

        @Test
        void request_ofAnAllowedOrigin_passesAndMayBeRead() {
            Seen seen = see(get("/cors/global/a", "Origin", SHOP));

            assertThat(seen.sent("Origin")).containsExactly(SHOP);
            assertThat(seen.received("Access-Control-Allow-Origin")).containsExactly(SHOP);
        }

        @Test
        void request_ofAnotherOrigin_isRefused() {
            Seen seen = see(get("/cors/global/a", "Origin", "https://evil.example"));

            assertThat(seen.answer().status()).isEqualTo(403);
            assertThat(seen.first()).isEmpty();
        }

        @Test
        void preflight_thatMatchesNoRoute_isAnsweredBySimpleUrlHandlerMapping() {
            Seen seen = see(preflight("/cors/by-method/a", SHOP, "PUT", ""));

            assertThat(seen.answer().status()).isEqualTo(200);
            assertThat(seen.received("Access-Control-Allow-Origin")).containsExactly(SHOP);
        }

        @Test
        void corsInARoutesMetadata_holdsForThatRoute() {
            Seen seen = see(preflight("/cors/route/a", "https://other.example", "GET", ""));

            assertThat(seen.answer().status()).isEqualTo(200);
            assertThat(seen.received("Access-Control-Max-Age")).containsExactly("30");
            assertThat(see(preflight("/cors/route/a", SHOP, "GET", "")).answer().status())
                    .isEqualTo(403);
        }

        private Call preflight(String target, String origin, String method, String header) {
            return header.isEmpty()
                    ? Call.request("OPTIONS", target, "Origin", origin, "Access-Control-Request-Method", method)
                    : Call.request(
                            "OPTIONS",
                            target,
                            "Origin",
                            origin,
                            "Access-Control-Request-Method",
                            method,
                            "Access-Control-Request-Headers",
                            header);
        }
    }

    @Nested
    class WebSockets {

        @ParameterizedTest
        @CsvSource({
            "/ws/plain?a=b, a ws uri",
            "/ws/http, an http uri and a client that asks for an upgrade",
            "/ws/balanced, an upstream by lb:ws",
            "/ws/balanced-http, an upstream by lb and a client that asks for an upgrade"
        })
        void messages_passBothWays(String target, String over) throws Exception {
            assertThat(WebSocketEcho.of(port, target)).as("over %s", over).isEqualTo(target + " hello");
        }
    }
}
