package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Where an upstream fails something else answers, once, and nothing of the failed request is left behind. */
@Execution(ExecutionMode.SAME_THREAD)
class FallbackIT {

    private static final Duration SLOW = Duration.ofMillis(1_500);
    private static final int CONCURRENT = 64;
    private static final int CANCELS = 2_000;
    private static final Duration RETURN_WAIT = Duration.ofSeconds(45);

    @AutoClose
    private static final Backend backend = Backend.start(
            Behaviour.byPath(Map.ofEntries(
                    Map.entry("/spare", Behaviour.echo()),
                    Map.entry("/other", Behaviour.echo()),
                    Map.entry("/spare-endless", Behaviour.serverSentEvents(Integer.MAX_VALUE, Duration.ofMillis(5))),
                    Map.entry("/silent", Behaviour.blackHole()),
                    Map.entry("/held", Behaviour.blackHole()),
                    Map.entry("/timeout", Behaviour.blackHole()),
                    Map.entry("/cancelled", Behaviour.blackHole()),
                    Map.entry("/status", Behaviour.answer(503, "a long story")),
                    Map.entry("/breaker", Behaviour.after(SLOW, Behaviour.answer(200, "slow"))),
                    Map.entry("/breaker-fallback", Behaviour.answer(500, "broken")))),
            BackendOptions.defaults().keeping(200));

    @AutoClose
    private static final Backend failing = Backend.start(Behaviour.answer(500, "broken"));

    private static final String REFUSING = "http://127.0.0.1:1";

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("fallback", config());

    private static GatewayConfig config() {
        return GatewayConfig.empty()
                .with("meridian.access-log.file: access.txt")
                .route("/forward", "lb://dead", "Fallback=forward:/spare")
                .route("/forward-endless", "lb://dead", "Fallback=forward:/spare-endless")
                .route("/spare", "lb://good", "AddResponseHeader=X-Route, spare")
                .route("/spare-endless", "lb://good")
                .route("/other", "lb://dead", "Fallback=lb://good")
                .route("/nobody", "lb://nobody", "Fallback=lb://good", "SetPath=/other")
                .routeOf(
                        "uri: \"lb://dead\", predicates: [Path=/static], filters: [{ name: Fallback, args: { status: 203,"
                                + " body: \"closed for today\", headers: { Content-Type: text/plain, X-Sorry: \"yes\" } } }]")
                .route("/timeout", "lb://slow", "Fallback=forward:/spare")
                .route("/cancelled", "lb://slow", "Fallback=forward:/spare-endless")
                .route("/held", "lb://limited")
                .route("/limited", "lb://limited", "Fallback=forward:/spare")
                .route("/status", "lb://good", "Fallback=forward:/spare,502-504")
                .route("/circle", "lb://dead", "Fallback=forward:/round")
                .route("/round", "lb://dead", "Fallback=forward:/circle")
                .routeOf("uri: \"lb://good\", predicates: [Path=/breaker], filters: [{ name: CircuitBreaker,"
                        + " args: { name: slow, fallbackUri: \"forward:/spare\" } }]")
                .routeOf("uri: \"lb://good\", predicates: [Path=/breaker-fallback], filters: [{ name: CircuitBreaker,"
                        + " args: { name: broken, fallbackUri: \"forward:/spare\", statusCodes: [500] } }]")
                .route("/broken", "lb://broken")
                .route("/broken-forward", "lb://broken", "Fallback=forward:/spare")
                .route("/broken-other", "lb://broken", "Fallback=lb://good", "SetPath=/other")
                .routeOf("uri: \"lb://broken\", predicates: [Path=/broken-static], filters: [{ name: Fallback,"
                        + " args: { status: 200, body: \"closed for today\" } }]")
                .upstreamWith(
                        "broken",
                        "outlier-detection: { enabled: false }, circuit-breaker: { minimum-calls: 5, open-for: 1h,"
                                + " max-open-for: 1h }",
                        failing.url())
                .upstream("good", backend.url())
                .upstreamWith("dead", "outlier-detection: { consecutive-failures: 1000000 }", REFUSING)
                .upstreamOf("nobody", "regions: { off: { state: off, endpoints: [\"" + REFUSING + "\"] } }")
                .upstreamWith(
                        "slow",
                        "timeout: { response: 300ms }, retry: { attempts: 0 }, concurrency: { max-requests: 500 },"
                                + " outlier-detection: { consecutive-failures: 1000000 }",
                        backend.url())
                .upstreamWith("limited", "concurrency: { max-requests: 1 }", backend.url());
    }

    @Test
    void forward_anotherRouteAnswers() {
        Response answer = get("/forward");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().text()).contains("\"target\":\"/spare\"");
        assertThat(answer.headers().all("X-Route")).containsExactly("spare");
        assertThat(answer.headers().all("Proxy-Status"))
                .containsExactly("meridian; error=connection_refused; details=\"fallback\"");
    }

    @Test
    void forward_bodyThatWasNotSentGoesWithIt() {
        Response answer = post("/forward");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().text()).contains("\"method\":\"POST\"").contains("the body");
    }

    @Test
    void otherUpstream_getsTheSameRequest() {
        Response answer = get("/other");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().text()).contains("\"target\":\"/other\"");
        assertThat(get("/nobody").body().text()).contains("\"target\":\"/other\"");
    }

    @Test
    void staticAnswer_isAsWritten() {
        Response answer = get("/static");
        assertThat(answer.status()).isEqualTo(203);
        assertThat(answer.body().text()).isEqualTo("closed for today");
        assertThat(answer.headers().all("Content-Type")).containsExactly("text/plain");
        assertThat(answer.headers().all("X-Sorry")).containsExactly("yes");
        assertThat(answer.headers().first("Proxy-Status").orElseThrow()).contains("connection_refused");
        assertThat(post("/static").body().text()).isEqualTo("closed for today");
    }

    @Test
    void timeout_callIsEndedAndItsConnectionClosed() {
        Response answer = get("/timeout");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().first("Proxy-Status").orElseThrow()).contains("error=http_response_timeout");
        // Its body has been sent: nobody has it any more.
        ProblemAssert.assertThat(post("/timeout").answer()).hasStatus(504).isProblem();
    }

    @Test
    void limitOfTheUpstream_isFallenBackFrom() {
        try (RawClient held = RawClient.connect(gateway.port()).get("/held")) {
            Eventually.holds("it to be full", () -> get("/held").status() == 503);
            Response answer = get("/limited");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().first("Proxy-Status").orElseThrow()).contains("error=destination_unavailable");
        }
    }

    @Test
    void statusOfTheUpstream_countsWhereItIsWritten() {
        Response answer = get("/status");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().text()).contains("\"target\":\"/spare\"");
        assertThat(answer.headers().all("Proxy-Status"))
                .containsExactly("meridian; received-status=503; details=\"fallback\"");
    }

    @Test
    void fallbackThatFails_isNotFallenBackFrom() {
        ProblemAssert.assertThat(get("/circle").answer())
                .hasStatus(502)
                .isProblem()
                .hasProxyError("connection_refused");
    }

    @Test
    void fallback_isInTheLogAndInTheMetrics() throws Exception {
        get("/forward");
        get("/circle");
        Path log = gateway.process().file("access.txt");
        Eventually.holds(
                "it to be logged",
                () -> Files.readString(log)
                        .matches(
                                "(?s).*\"path\":\"/forward\"[^\\n]*\"status\":200[^\\n]*\"route\":\"r0\",\"upstream\":\"good\""
                                        + "[^\\n]*\"failure\":\"connection_refused\",\"fallback\":\"forward\".*"));
        assertThat(gateway.process().metric("meridian_fallbacks_total", "route=\"r0\"", "outcome=\"answered\""))
                .isPresent();
        assertThat(gateway.process().metric("meridian_fallbacks_total", "outcome=\"failed\""))
                .isPresent();
    }

    @Test
    void breakerThatIsOpenInTheOnlyRegion_isFallenBackFromAtOnce() {
        Eventually.holds("the breaker to open", () -> get("/broken").status() == 503);
        long before = failing.requestCount();

        assertThat(get("/broken-static").body().text()).isEqualTo("closed for today");
        assertThat(get("/broken-forward").body().text()).contains("\"target\":\"/spare\"");
        assertThat(get("/broken-other").body().text()).contains("\"target\":\"/other\"");
        Response posted = post("/broken-forward");
        assertThat(posted.body().text()).contains("the body");
        assertThat(posted.headers().all("Proxy-Status"))
                .containsExactly("meridian; error=destination_unavailable; details=\"fallback\"");
        assertThat(failing.requestCount()).isEqualTo(before);
        ProblemAssert.assertThat(get("/broken").answer())
                .hasStatus(503)
                .isProblem()
                .hasProxyError("destination_unavailable");
    }

    @Test
    void stockCircuitBreaker_hasNoHiddenTimeLimit_andNoHiddenBulkhead() throws Exception {
        List<Integer> statuses = new ArrayList<>();
        long start = System.nanoTime();
        Parallel.run(CONCURRENT, CONCURRENT, number -> {
            Response answer = get("/breaker");
            synchronized (statuses) {
                statuses.add(answer.status());
            }
        });
        Figures.print(
                "stock circuit breaker",
                "%d at a time, each %d ms: %s after %s",
                CONCURRENT,
                SLOW.toMillis(),
                statuses.stream().distinct().toList(),
                Figures.seconds(System.nanoTime() - start));
        assertThat(statuses).hasSize(CONCURRENT).containsOnly(200);
        assertThat(get("/breaker-fallback").body().text()).contains("\"target\":\"/spare\"");
    }

    @Test
    void clientsThatLeaveInAllPhases_leaveNothingBehind() throws Exception {
        Parallel.run(16, 64, FallbackIT::cancel);
        Eventually.within(
                RETURN_WAIT, "the warm-up to end", () -> backend.connections().open() <= 8);
        GatewayProcess process = gateway.process();
        long files = process.openFiles();
        Parallel.run(16, CANCELS, FallbackIT::cancel);
        Eventually.within(RETURN_WAIT, "permits to be given back", () -> active() == 0);
        Eventually.within(
                RETURN_WAIT, "connections to end", () -> backend.connections().open() <= 8);
        Eventually.within(RETURN_WAIT, "open files to return", () -> process.openFiles() <= files + 30);
        Eventually.within(
                RETURN_WAIT,
                "no request to be under way",
                () -> process.metric("meridian_requests_active").orElse(-1) == 0);
        Figures.print(
                "cancelled",
                "%d clients left: permits %.0f, backend's connections %d, files %d before and %d after",
                CANCELS,
                active(),
                backend.connections().open(),
                files,
                process.openFiles());
        process.reportLeaks();
        process.assertCleanLog();
    }

    /** Before the timeout, about when it strikes, in the middle of what the fallback sends. */
    private static void cancel(int number) {
        try (RawClient client = RawClient.connect(gateway.port()).deadline(Duration.ofSeconds(20))) {
            client.get(number % 2 == 0 ? "/cancelled" : "/forward-endless");
            switch (number % 8) {
                case 0, 1 -> LockSupport.parkNanos(number % 5 * 1_000_000L);
                case 2 -> LockSupport.parkNanos((298 + number % 7) * 1_000_000L);
                case 3, 4, 5 -> assertThat(client.readHead().status()).isEqualTo(200);
                default -> LockSupport.parkNanos(10_000_000L);
            }
            if (number % 3 == 0) {
                client.reset();
            }
        }
    }

    private static double active() {
        return gateway.process()
                .metric("meridian_overload_active", "upstream=\"slow\"")
                .orElse(-1);
    }

    private static Response get(String path) {
        try (RawClient client = RawClient.connect(gateway.port()).deadline(Duration.ofSeconds(20))) {
            return client.get(path).readResponse();
        }
    }

    private static Response post(String path) {
        try (RawClient client = RawClient.connect(gateway.port()).deadline(Duration.ofSeconds(20))) {
            return client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                            + "Content-Length: 8\r\n\r\nthe body")
                    .readResponse();
        }
    }
}
