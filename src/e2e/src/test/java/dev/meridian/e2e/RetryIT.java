package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a failing backend costs clients, and what it costs backends. */
@Execution(ExecutionMode.SAME_THREAD)
class RetryIT {

    private static final int THREADS = 8;
    private static final int PER_SECOND = 300;
    private static final int CANCELS = 10_000;
    private static final Duration RETURN_WAIT = Duration.ofSeconds(20);
    private static final String PUT = "PUT %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s";

    @AutoClose
    private static final Backend bad = Backend.start(Behaviour.byPath(Map.of(
            "/busy", Behaviour.answer(503, "busy"),
            "/busy-soon", Behaviour.answer(503, Headers.of("Retry-After", "0"), "busy"),
            "/busy-later", Behaviour.answer(503, Headers.of("Retry-After", "30"), "busy"),
            "/silent", Behaviour.blackHole(),
            "/*", Behaviour.reset())));

    @AutoClose
    private static final Backend good = Backend.start(Behaviour.echo());

    @AutoClose
    private static final Backend dead1 = Backend.start(Behaviour.reset());

    @AutoClose
    private static final Backend dead2 = Backend.start(Behaviour.reset());

    @AutoClose
    private static final Backend flaky1 = Backend.start(Behaviour.answer(200, "1"));

    @AutoClose
    private static final Backend flaky2 = Backend.start(Behaviour.answer(200, "2"));

    @AutoClose
    private static final Backend flaky3 = Backend.start(Behaviour.answer(200, "3"));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "retry",
            GatewayConfig.empty()
                    .upstreamWith("flaky", "balance: round-robin", flaky1.url(), flaky2.url(), flaky3.url())
                    .upstreamWith(
                            "costly",
                            "balance: round-robin, retry: { attempts: 5, budget: 100% }",
                            flaky1.url(),
                            flaky2.url(),
                            flaky3.url())
                    .upstreamWith("dead", "outlier-detection: { enabled: false }", dead1.url(), dead2.url())
                    .upstreamWith(
                            "pair",
                            "outlier-detection: { enabled: false }, pool: { idle-timeout: 2s }, retry: { statuses: [503],"
                                    + " budget: 100%, backoff: 200ms, per-try-timeout: 300ms, idempotency-key: true }",
                            bad.url(),
                            good.url())
                    .route("/flaky", "lb://flaky")
                    .route("/costly", "lb://costly")
                    .route("/dead", "lb://dead")
                    .route("/**", "lb://pair"));

    /** Where all reset 30 %, either the budget holds or the clients notice nothing: one repeat per fifth request is not enough. */
    @ParameterizedTest
    @CsvSource({
        // what,                                   path,    endpoints, share, failed at most, more requests at most
        "one of three endpoints resets 90 %,       /flaky,  1, 0.9, 0.001, 0.2",
        "all endpoints reset 10 %,                 /flaky,  3, 0.1, 0.001, 0.2",
        "all endpoints reset 30 %,                 /flaky,  3, 0.3, 0.25,  0.2",
        "all endpoints reset 30 % and budget 100 %, /costly, 3, 0.3, 0.001, 0.6",
    })
    void partOfTheRequestsIsReset(String what, String path, int endpoints, double share, double failed, double most) {
        RandomGenerator random = new SeededRandom(1);
        List<Backend> resetting = List.of(flaky1, flaky2, flaky3).subList(0, endpoints);
        Behaviour answer = Behaviour.answer(200, "1");
        Behaviour reset = Behaviour.reset();
        long before = flakyRequests();
        try (Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get(path))) {
            load.observe(Duration.ofSeconds(2));
            resetting.forEach(each ->
                    each.behave((request, out) -> (random.nextDouble() < share ? reset : answer).handle(request, out)));
            LoadReport report = load.observe(Duration.ofSeconds(8));
            load.stop();
            double extra = (double) (flakyRequests() - before) / load.count() - 1;
            Figures.print(
                    what,
                    "%d of %d GETs failed (%.2f %%), backends saw %.1f %% more requests; retries %s",
                    report.failures().size(),
                    report.count(),
                    100.0 * report.failures().size() / report.count(),
                    100 * extra,
                    retries(path.substring(1)));
            assertThat(report.failures().size()).isLessThanOrEqualTo((int) (failed * report.count()));
            assertThat(extra).isLessThanOrEqualTo(most);
        } finally {
            resetting.forEach(each -> each.behave(answer));
        }
    }

    private static long flakyRequests() {
        return flaky1.requestCount() + flaky2.requestCount() + flaky3.requestCount();
    }

    @Test
    void allBackendsReset_aFifthMoreAndNoMore() {
        try (Load load = Load.constantRate(gateway.port(), THREADS, PER_SECOND, Load.get("/dead"))) {
            load.observe(Duration.ofSeconds(6));
            LoadReport report = load.stop();
            long requests = dead1.requestCount() + dead2.requestCount();
            int connections = dead1.connections().total() + dead2.connections().total();
            Figures.print(
                    "whole upstream down",
                    "%d requests, backends saw %d (%.3f x) on %d connections; retries %s; p99 %s",
                    report.count(),
                    requests,
                    (double) requests / report.count(),
                    connections,
                    retries("dead"),
                    Figures.millis(report.percentile(99)));
            assertThat(report.byStatus()).containsOnlyKeys(502);
            assertThat(requests).isLessThanOrEqualTo(report.count() * 6L / 5 + 3);
            assertThat(connections).isLessThanOrEqualTo((int) requests + THREADS);
        }
    }

    private static Map<String, Double> retries(String upstream) {
        return Stream.of("retried", "attempts-exhausted", "budget-exhausted", "no-endpoint")
                .collect(java.util.stream.Collectors.toMap(
                        outcome -> outcome,
                        outcome -> gateway.process()
                                .metric(
                                        "meridian_upstream_retries_total",
                                        "upstream=\"" + upstream + "\"",
                                        "outcome=\"" + outcome + "\"")
                                .orElse(0)));
    }

    @Test
    void postWithABody_resetAfterIt_isNeverSentTwice() {
        bad.forgetRequests();
        good.forgetRequests();
        int failed = 0;
        for (int i = 0; i < 40; i++) {
            Response response =
                    send("POST /post-" + i + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody");
            failed += response.status() == 502 ? 1 : 0;
            assertThat(response.status()).isIn(200, 502);
        }
        List<String> seen = Stream.of(bad, good)
                .flatMap(backend -> backend.requests().stream())
                .map(Recorded::target)
                .toList();
        Figures.print("POST, reset after it", "40 sent, %d failed, backends saw %d", failed, seen.size());
        assertThat(seen).hasSize(40).doesNotHaveDuplicates();
        assertThat(failed).isEqualTo((int) bad.requestCount()).isPositive();
    }

    @Test
    void postWithAKey_isSentAgain() {
        for (int i = 0; i < 4; i++) {
            Response response = send("POST /key-" + i
                    + " HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k" + i
                    + "\r\nContent-Length: 4\r\n\r\nbody");
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body().text()).contains("\"body\":\"body\"");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void putWithABody_isReplayedByteForByte(boolean chunked) {
        bad.forgetRequests();
        int retried = 0;
        for (int i = 0; i < 10; i++) {
            String body = body(6_000 * i + 1, i);
            Response response = send(chunked ? chunked("/put", body) : PUT.formatted("/put", body.length(), body));
            assertThat(response.status()).as("%s", response).isEqualTo(200);
            assertThat(response.body().text()).contains(sha256(body));
            retried += attempts(response) == 2 ? 1 : 0;
        }
        assertThat(retried).isEqualTo((int) bad.requestCount()).isPositive();
    }

    @Test
    void putThatDoesNotFit_isNotSentAgain() {
        bad.forgetRequests();
        good.forgetRequests();
        int failed = 0;
        for (int i = 0; i < 6; i++) {
            String body = body(200_000, i);
            Response response = send(i % 2 == 0 ? chunked("/put", body) : PUT.formatted("/put", body.length(), body));
            failed += response.status() == 502 ? 1 : 0;
        }
        assertThat(bad.requestCount() + good.requestCount()).isEqualTo(6);
        assertThat(failed).isEqualTo((int) bad.requestCount()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/busy", "/busy-soon", "/silent", "/reset"})
    void whatFailsFirst_isAnsweredByTheOther(String path) {
        boolean again = false;
        for (int i = 0; i < 4; i++) {
            Response response = send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(response.status()).isEqualTo(200);
            again |= attempts(response) == 2;
        }
        assertThat(again).isTrue();
    }

    @Test
    void busyThatSaysWhenToComeBack_isPassedOn() {
        List<Integer> statuses = IntStream.range(0, 4)
                .mapToObj(i -> send("GET /busy-later HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .map(Response::status)
                .toList();
        assertThat(statuses).containsOnly(200, 503);
    }

    @Test
    void failure_tellsHowOftenItWasSent() {
        Response response = send("GET /dead HTTP/1.1\r\nHost: localhost\r\n\r\n");
        for (int i = 0; i < 3 && attempts(response) < 2; i++) {
            response = send("GET /dead HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }
        ProblemAssert.assertThat(response.answer()).isProblem();
        assertThat(response.headers().first("Proxy-Status").orElse(""))
                .startsWith("meridian; error=connection_terminated");
    }

    @Test
    void clientsThatLeaveInAllPhases_leaveNothingBehind() throws Exception {
        Parallel.run(THREADS, 200, RetryIT::leave);
        awaitRest();
        long files = gateway.process().openFiles();
        Parallel.run(THREADS, CANCELS, RetryIT::leave);
        awaitRest();
        GatewayProcess process = gateway.process();
        Eventually.within(RETURN_WAIT, "open files to return to " + files, () -> process.openFiles() <= files + 30);
        process.reportLeaks();
        process.assertCleanLog();
        Figures.print(
                "clients that leave",
                "%d gone; open connections %d and %d, files %d before and %d after",
                CANCELS,
                bad.connections().open(),
                good.connections().open(),
                files,
                process.openFiles());
    }

    private static void awaitRest() {
        GatewayProcess process = gateway.process();
        Eventually.within(
                RETURN_WAIT,
                "the backends' connections to end",
                () -> bad.connections().open() + good.connections().open() == 0);
        for (String gauge :
                List.of("meridian_requests_active", "meridian_upstream_active", "meridian_upstream_pending")) {
            Eventually.within(
                    RETURN_WAIT, gauge + " to be 0", () -> process.metric(gauge).orElse(0) == 0);
        }
    }

    /** Before an answer, during a pause between two attempts, while a body is sent, while it is sent again. */
    private static void leave(int number) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            switch (number % 5) {
                case 0 -> client.get("/silent");
                case 1 -> client.get("/busy");
                case 2 -> client.send(PUT.formatted("/put", 40_000, body(40_000, number)));
                case 3 -> client.send(PUT.formatted("/put", 40_000, body(20_000, number)));
                default -> client.send(PUT.formatted("/silent", 200_000, body(100_000, number)));
            }
            LockSupport.parkNanos(number % 7 * 1_000_000L);
            if (number % 2 == 0) {
                client.reset();
            }
        }
    }

    private static Response send(String request) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.send(request).readResponse();
        }
    }

    private static String chunked(String path, String body) {
        StringBuilder request =
                new StringBuilder("PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int at = 0; at < body.length(); at += 5_000) {
            String part = body.substring(at, Math.min(body.length(), at + 5_000));
            request.append(Integer.toHexString(part.length()))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        return request.append("0\r\n\r\n").toString();
    }

    private static String body(int length, long seed) {
        RandomGenerator random = new SeededRandom(seed);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static String sha256(String text) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int attempts(Response response) {
        String status = response.headers().first("Proxy-Status").orElse("");
        return status.endsWith("3 attempts\"") ? 3 : status.endsWith("2 attempts\"") ? 2 : 1;
    }
}
