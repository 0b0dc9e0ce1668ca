package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.e2e.h2.H2Client;
import dev.meridian.e2e.h2.H2Stream;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.http.Head;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What 10,000 clients that change their minds take is given back. */
@Execution(ExecutionMode.SAME_THREAD)
class CancelledIT {

    private static final int THREADS = 8;
    private static final int BEFORE_THE_HEAD = 4_000;
    private static final int IN_THE_MIDDLE = 3_000;
    private static final int OVER_HTTP2 = 3_000;
    /** On one connection: Netty ends those that reset more than 200 streams in 30 s. */
    private static final int STREAMS = 100;

    /** Longer than the pool's idle timeout: a connection that was ready when its request had gone rests there meanwhile. */
    private static final Duration RETURN_WAIT = Duration.ofSeconds(45);
    /** Connections that came to rest in the pool, and a few files that the JVM opens when it pleases. */
    private static final int SLACK = 30;

    @AutoClose
    private static final Backend backend = Backend.start(
            Behaviour.byPath(Map.of(
                    "/quick", Behaviour.answer(200, "quick"),
                    "/silent", Behaviour.blackHole(),
                    "/endless", Behaviour.serverSentEvents(Integer.MAX_VALUE, Duration.ofMillis(5)))),
            BackendOptions.defaults().keeping(100));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(
            "cancelled",
            GatewayConfig.empty()
                    .route("/**", "lb://all")
                    .upstreamWith("all", "pool: { idle-timeout: 5s }", backend.url()));

    private long files;
    private long threads;

    @BeforeEach
    void warmUpAndMeasure() throws Exception {
        Parallel.run(THREADS, 20 * THREADS, CancelledIT::beforeTheHead);
        Parallel.run(THREADS, 5 * THREADS, CancelledIT::inTheMiddle);
        Eventually.within(RETURN_WAIT, "the warm-up to end", () -> openConnections() <= 1);
        files = gateway.process().openFiles();
        threads = gateway.process().threads();
    }

    @Test
    void beforeTheHeadAndInTheMiddle() throws Exception {
        Parallel.run(THREADS, BEFORE_THE_HEAD, CancelledIT::beforeTheHead);
        Parallel.run(THREADS, IN_THE_MIDDLE, CancelledIT::inTheMiddle);
        assertGivenBack();
    }

    @Test
    void overHttp2() throws Exception {
        Parallel.run(THREADS, OVER_HTTP2 / STREAMS, number -> {
            try (H2Client client = H2Client.cleartext(gateway.port())) {
                for (int i = 0; i < STREAMS; i++) {
                    cancelStream(client, i);
                }
            }
        });
        assertGivenBack();
    }

    private static void cancelStream(H2Client client, int number) {
        H2Stream stream = client.get(number % 2 == 0 ? "/silent" : "/endless");
        if (number % 4 == 1) {
            stream.nextFields();
        } else if (number % 4 == 2) {
            LockSupport.parkNanos(1_000_000);
        }
        stream.reset(Http2Error.CANCEL);
    }

    /** Some before the request is upstream, some after it. */
    private static void beforeTheHead(int number) {
        try (RawClient client = RawClient.connect(gateway.port())) {
            client.get("/silent");
            if (number % 4 != 0) {
                LockSupport.parkNanos(number % 4 * 1_000_000L);
            }
            leave(client, number);
        }
    }

    private static void inTheMiddle(int number) {
        try (RawClient client = RawClient.connect(gateway.port()).deadline(Duration.ofSeconds(20))) {
            Head head = client.get("/endless").readHead();
            assertThat(head.status()).as("%s", head).isEqualTo(200);
            leave(client, number);
        }
    }

    private static void leave(RawClient client, int number) {
        if (number % 2 == 0) {
            client.reset();
        }
    }

    private static int openConnections() {
        return backend.connections().open();
    }

    private void assertGivenBack() {
        GatewayProcess process = gateway.process();
        Eventually.within(RETURN_WAIT, "the backend's connections to end", () -> openConnections() <= 1);
        Eventually.within(RETURN_WAIT, "open files to return to " + files, () -> process.openFiles() <= files + SLACK);
        assertThat(process.threads()).isLessThanOrEqualTo(threads + 5);
        try (RawClient client = RawClient.connect(gateway.port())) {
            assertThat(client.get("/quick").readResponse().body().text()).isEqualTo("quick");
        }
        process.reportLeaks();
        process.assertCleanLog();
    }
}
