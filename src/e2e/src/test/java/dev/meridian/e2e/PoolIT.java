package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.load.Load;
import dev.meridian.e2e.load.LoadReport;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.random.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Connections to backends: used again, never when they are about to be closed, and no more of them than allowed. */
@Execution(ExecutionMode.SAME_THREAD)
class PoolIT {

    private static final BackendOptions KEEPING = BackendOptions.defaults().keeping(100_000);
    private static final Duration IDLE = Duration.ofMillis(300);
    private static final Duration AROUND = Duration.ofMillis(10);

    @AutoClose
    private static final Backend steady = Backend.start(Behaviour.answer(200, "ok"), KEEPING);

    @AutoClose
    private static final Backend closing = Backend.start(Behaviour.closeAfterAnswer(), KEEPING);

    @AutoClose
    private static final IdleTimeout timeout = new IdleTimeout(IDLE);

    @AutoClose
    private static final Backend impatient = Backend.start(timeout.closingIdle(Behaviour.answer(200, "ok")), KEEPING);

    @AutoClose
    private static final Backend slow =
            Backend.start(Behaviour.after(Duration.ofSeconds(1), Behaviour.answer(200, "ok")));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "pool",
            GatewayConfig.empty()
                    .upstream("steady", steady.url())
                    .upstream("closing", closing.url())
                    .upstream("impatient", impatient.url())
                    .upstreamWith(
                            "limited",
                            "pool: { max-connections: 2, max-pending: 1, pending-timeout: 200ms }",
                            slow.url())
                    .route("/steady", "lb://steady")
                    .route("/closing", "lb://closing")
                    .route("/impatient", "lb://impatient")
                    .route("/limited", "lb://limited"));

    @Test
    void connectionsAreUsedAgain() {
        LoadReport report =
                Load.closedLoop(gateway.port(), 4, Load.get("/steady")).stopAfter(Duration.ofSeconds(1));
        report.assertAllOk(100);
        assertThat(steady.connections().total()).isLessThanOrEqualTo(8);
    }

    static Stream<Arguments> methods() {
        Function<String, Function<String, byte[]>> get = Load::get;
        Function<String, Function<String, byte[]>> post = Load::post;
        return Stream.of(Arguments.of("GET", get), Arguments.of("POST", post));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void backendThatClosesAfterEachAnswerCostsNoRequest(String method, Function<String, Function<String, byte[]>> to) {
        closing.forgetRequests();
        LoadReport report =
                Load.closedLoop(gateway.port(), 8, to.apply("/closing")).stopAfter(Duration.ofSeconds(4));
        report.assertAllOk(200);
        assertOnceEach(closing, report, method);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void backendThatClosesIdleConnectionsCostsNoRequest(String method, Function<String, Function<String, byte[]>> to) {
        impatient.forgetRequests();
        SeededRandom random = new SeededRandom(7);
        LoadReport report = Load.paced(
                        gateway.port(),
                        16,
                        to.apply("/impatient"),
                        () -> IDLE.toNanos() + random.nextLong(-AROUND.toNanos(), AROUND.toNanos()))
                .stopAfter(Duration.ofSeconds(6));
        report.assertAllOk(16 * 15);
        assertOnceEach(impatient, report, method);
    }

    /** What is not idempotent came once at most; anything else may have come twice, where the first time came to nothing. */
    private static void assertOnceEach(Backend backend, LoadReport report, String method) {
        assertThat(backend.violations()).isEmpty();
        List<String> ids = backend.requests().stream()
                .filter(Recorded::complete)
                .map(request -> request.headers().first("X-Request-Id").orElse("?"))
                .toList();
        Set<String> different = new HashSet<>(ids);
        assertThat(different).hasSize(report.count());
        if (method.equals("POST")) {
            assertThat(ids).hasSameSizeAs(different);
        }
    }

    @Test
    void requestThatFindsNoConnectionInTimeIsTurnedAway() {
        getLimited(); // the first one is slow for its own reasons
        List<CompletableFuture<Timed>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(CompletableFuture.supplyAsync(PoolIT::getLimited, task -> new Thread(task).start()));
        }
        List<Timed> answers = all.stream().map(CompletableFuture::join).toList();

        List<Timed> refused =
                answers.stream().filter(a -> a.response.status() == 503).toList();
        assertThat(answers.stream().filter(a -> a.response.status() == 200)).hasSize(2);
        assertThat(refused)
                .hasSize(3)
                .allSatisfy(answer -> ProblemAssert.assertThat(answer.response.answer())
                        .isProblem()
                        .hasProxyError("connection_limit_reached")
                        .hasRetryAfter(Duration.ofSeconds(1), Duration.ofSeconds(60)));
        assertThat(refused).as("one waited in vain").anyMatch(a -> a.took.toMillis() >= 190);
        assertThat(refused).as("the others did not wait").anyMatch(a -> a.took.toMillis() < 190);
        assertThat(refused).allSatisfy(a -> assertThat(a.took).isLessThan(Duration.ofMillis(900)));
        // Not one for each; a connect that fails for reasons of the system's is tried anew, so it may be one more than
        // two.
        assertThat(slow.connections().total()).isLessThanOrEqualTo(3);
    }

    private record Timed(Response response, Duration took) {}

    private static Timed getLimited() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            long before = System.nanoTime();
            Response response = client.get("/limited").readResponse();
            return new Timed(response, Duration.ofNanos(System.nanoTime() - before));
        }
    }
}
