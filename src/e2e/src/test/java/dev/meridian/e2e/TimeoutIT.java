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
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No request waits longer than it may, and none that waits is in another's way. */
@Execution(ExecutionMode.SAME_THREAD)
class TimeoutIT {

    private static final Duration RESPONSE = Duration.ofMillis(300);
    private static final int WAITING = 16;
    private static final Duration LOAD = FullLength.minute(Duration.ofSeconds(8));
    /** Two cores that others use as well: what is to be seen stands in the figures. */
    private static final Duration SLACK = Duration.ofMillis(400);

    @AutoClose
    private static final Backend hanging = Backend.start(Behaviour.blackHole());

    @AutoClose
    private static final Backend hanging2 = Backend.start(Behaviour.blackHole());

    @AutoClose
    private static final Backend hanging3 = Backend.start(Behaviour.blackHole());

    @AutoClose
    private static final Backend quick = Backend.start(Behaviour.byPath(Map.of(
            "/drip", Behaviour.slowDrip(1_000_000, 100_000),
            "/slow", Behaviour.after(Duration.ofMillis(500), Behaviour.answer(200, "slow")),
            "/*", Behaviour.answer(200, "quick"))));

    /** Takes connections and never says a word. */
    @AutoClose
    private static final ServerSocket mute = mute();

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "timeouts",
            GatewayConfig.empty()
                    .upstreamWith(
                            "hanging",
                            "timeout: { response: 300ms }, outlier-detection: { enabled: false }",
                            hanging.url())
                    .upstream("quick", quick.url())
                    .upstreamWith(
                            "all-hang",
                            "timeout: { total: 500ms }, retry: { per-try-timeout: 200ms, attempts: 5 }",
                            hanging.url(),
                            hanging2.url(),
                            hanging3.url())
                    .upstreamWith(
                            "mute", "timeout: { connect: 5s, tls: 300ms }", "https://127.0.0.1:" + mute.getLocalPort())
                    .route("/hang", "lb://hanging")
                    .route("/all-hang", "lb://all-hang")
                    .route("/mute", "lb://mute")
                    .route("/slow", "lb://quick")
                    .route("/shorter/**", "lb://quick", "StripPrefix=1", "Timeout=response:100ms")
                    .route("/in-all/**", "lb://quick", "StripPrefix=1", "Timeout=total:300ms,response:10s")
                    .route("/**", "lb://quick"));

    private static ServerSocket mute() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void backendHangs_nobodyWaitsLongerAndOthersAreNotHeldUp() {
        GatewayProcess process = gateway.process();
        try (Load others = Load.constantRate(gateway.port(), 4, 200, Load.get("/quick"))) {
            others.observe(Duration.ofSeconds(2));
            Duration alone = others.observe(Duration.ofSeconds(3)).percentile(99);
            try (Load waiting = Load.closedLoop(gateway.port(), WAITING, Load.get("/hang"))) {
                waiting.observe(Duration.ofSeconds(2));
                long heap = process.usedHeap();
                long threads = process.threads();
                int open = hanging.connections().open();
                // Without the time in which garbage is collected to be counted.
                long from = System.nanoTime();
                Duration beside = others.observe(LOAD).percentile(99);
                LoadReport report = waiting.soFar().between(from, System.nanoTime() - RESPONSE.toNanos());
                int openAfter = hanging.connections().open();
                long heapAfter = process.usedHeap();
                waiting.stop();
                Duration longest = report.percentile(100);
                Figures.print(
                        "backend hangs",
                        "for %s %d requests, beyond their 300 ms: p50 %s, p99 %s, longest %s; heap %d and %d KB,"
                                + " threads %d and %d, connections %d and %d; other route's p99 alone %s, beside %s",
                        LOAD,
                        report.count(),
                        Figures.millis(report.percentile(50).minus(RESPONSE)),
                        Figures.millis(report.percentile(99).minus(RESPONSE)),
                        Figures.millis(longest.minus(RESPONSE)),
                        heap / 1024,
                        heapAfter / 1024,
                        threads,
                        process.threads(),
                        open,
                        openAfter,
                        Figures.millis(alone),
                        Figures.millis(beside));
                assertThat(report.byStatus()).containsOnlyKeys(504);
                assertThat(longest).isLessThan(RESPONSE.plus(SLACK));
                assertThat(openAfter).isLessThanOrEqualTo(open + 2 * WAITING);
                assertThat(heapAfter).isLessThan(heap + 20_000_000);
                assertThat(process.threads()).isLessThanOrEqualTo(threads + 5);
                assertThat(others.stop().failures()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/hang,          300, meridian; error=http_response_timeout,                        http-response-timeout",
        "/all-hang,      500, 'meridian; error=http_response_timeout; details=\"total, 3 attempts\"', total-timeout",
        "/mute,          300, meridian; error=connection_timeout; details=\"TLS handshake\",   tls-timeout",
        "/shorter/slow,  100, meridian; error=http_response_timeout,                        http-response-timeout",
        "/in-all/slow,   300, meridian; error=http_response_timeout; details=\"total\",        total-timeout",
    })
    void eachTimeout_hasAReasonOfItsOwn(String path, long millis, String proxyStatus, String type) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.get("/warm-up").readResponse();
            long start = System.nanoTime();
            Response response = client.get(path).readResponse();
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(response.status()).as("%s", response).isEqualTo(504);
            ProblemAssert.assertThat(response.answer()).isProblem();
            assertThat(response.headers().first("Proxy-Status")).hasValue(proxyStatus);
            assertThat(response.body().text()).contains("urn:meridian:problem:" + type);
            assertThat(took)
                    .isBetween(
                            Duration.ofMillis(millis), Duration.ofMillis(millis).plus(SLACK));
            Figures.print("timeout " + path, "%d ms, over after %s", millis, Figures.millis(took));
        }
    }

    @Test
    void withoutTheFilter_theUpstreamsTimesHold() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.get("/slow").readResponse().status()).isEqualTo(200);
        }
    }

    @Test
    void totalDuringTheAnswer_breaksItOff() {
        try (RawClient client = RawClient.connect(gateway.port())) {
            long start = System.nanoTime();
            Response response = client.get("/in-all/drip").readResponse();
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.complete()).isFalse();
            assertThat(took)
                    .isBetween(Duration.ofMillis(300), Duration.ofMillis(300).plus(SLACK));
        }
    }
}
