package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.RepeatingBytes;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Bodies of more than 2 GB and peers that are slow pass through a heap of 256 MB and 128 MB of buffers. */
@Execution(ExecutionMode.SAME_THREAD)
class BigBodiesIT {

    /** A whole number of alphabets, so that chunks put one after the other continue the pattern. */
    private static final int CHUNK = 26 * 2520;
    /** More than an int can count. */
    private static final long LARGE = 33_000L * CHUNK;

    /** 256 MB of heap, 128 MB of buffers, and what a JVM itself takes: classes, compiled code, stacks. */
    private static final long MOST_MEMORY = 700_000_000;

    private static final Duration MOST = Duration.ofSeconds(80);
    private static final Duration WATCHED = Duration.ofSeconds(4);
    private static final int SLOWLY = 1_000_000;

    @AutoClose
    private static final SlowReader slow = SlowReader.start(SLOWLY);

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.of(
            "/large", Behaviour.large(LARGE),
            "/upload", Behaviour.answer(200, "taken"),
            "/quick", Behaviour.answer(200, "quick"))));

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of(GatewayProcess.of(
                    "big-bodies",
                    GatewayConfig.empty()
                            .upstream("main", backend.url())
                            .upstream("slow", slow.url())
                            .route("/slow", "lb://slow")
                            .route("/**", "lb://main")
                            .with("meridian.http.max-request-body: 3GB"))
            .jvm("-Xmx256m", "-XX:MaxDirectMemorySize=128m", "-Dio.netty.leakDetection.level=simple")
            .jvm("-XX:TieredStopAtLevel=4"));

    private static final CompletableFuture<String> hash =
            CompletableFuture.supplyAsync(() -> RepeatingBytes.sha256(LARGE));

    @BeforeEach
    void forget() {
        backend.forgetRequests();
    }

    @Test
    void uploadOfKnownLength() throws Exception {
        try (Memory memory = new Memory();
                RawClient client = RawClient.connect(gateway.port()).deadline(MOST)) {
            client.send(head("/upload", "Content-Length: " + LARGE)).sendRepeating(LARGE);
            assertTaken(client);
            memory.assertBounded();
        }
    }

    @Test
    void chunkedUpload() throws Exception {
        byte[] chunk = chunk();
        try (Memory memory = new Memory();
                RawClient client = RawClient.connect(gateway.port()).deadline(MOST)) {
            client.send(head("/upload", "Transfer-Encoding: chunked"));
            for (long sent = 0; sent < LARGE; sent += CHUNK) {
                client.send(chunk);
            }
            client.send("0\r\n\r\n");
            assertTaken(client);
            memory.assertBounded();
        }
    }

    @Test
    void download() throws Exception {
        try (Memory memory = new Memory();
                RawClient client = RawClient.connect(gateway.port()).deadline(MOST)) {
            Response response = client.get("/large").readResponse();
            assertThat(response.complete()).isTrue();
            assertThat(response.body().length()).isEqualTo(LARGE);
            assertThat(response.body().sha256()).isEqualTo(hash.get(60, TimeUnit.SECONDS));
            memory.assertBounded();
        }
    }

    @Test
    void slowClient() throws Exception {
        try (Memory memory = new Memory();
                RawClient client =
                        RawClient.connect(Endpoint.loopback(gateway.port()).receiveBuffer(64 * 1024))) {
            assertThat(client.get("/large").readHead().status()).isEqualTo(200);
            CompletableFuture<Void> reading = CompletableFuture.runAsync(
                    () -> client.throttle(SLOWLY).deadline(MOST).readBytes((int) (SLOWLY * WATCHED.toSeconds())));
            assertOthersAreServed();
            reading.get(30, TimeUnit.SECONDS);
            memory.assertBounded();
            client.reset();
        }
    }

    @Test
    void slowBackend() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (Memory memory = new Memory();
                RawClient client = RawClient.connect(gateway.port())) {
            client.send(head("/slow", "Content-Length: " + LARGE));
            byte[] piece = RepeatingBytes.bytes(CHUNK);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                while (sent.get() < LARGE) {
                    client.send(piece);
                    sent.addAndGet(CHUNK);
                }
            });
            assertOthersAreServed();
            assertThat(slow.received()).as("what the backend has read").isGreaterThan(SLOWLY);
            // The rest stands in the buffers of four sockets and of the gateway.
            assertThat(sent.get() - slow.received()).as("what is on its way").isLessThan(64_000_000);
            memory.assertBounded();
            client.reset();
            assertThat(sending)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(UncheckedIOException.class);
        }
    }

    private static void assertTaken(RawClient client) throws Exception {
        assertThat(client.readResponse().body().text()).isEqualTo("taken");
        Recorded request = backend.lastRequest();
        assertThat(request.body().length()).isEqualTo(LARGE);
        assertThat(request.body().sha256()).isEqualTo(hash.get(60, TimeUnit.SECONDS));
    }

    private static void assertOthersAreServed() {
        long end = System.nanoTime() + WATCHED.toNanos();
        try (RawClient other = RawClient.connect(gateway.port()).deadline(Duration.ofSeconds(2))) {
            while (System.nanoTime() < end) {
                assertThat(other.get("/quick").readResponse().body().text()).isEqualTo("quick");
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private static String head(String path, String framing) {
        return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + framing + "\r\n\r\n";
    }

    private static byte[] chunk() {
        String text = new String(RepeatingBytes.bytes(CHUNK), StandardCharsets.US_ASCII);
        return (Integer.toHexString(CHUNK) + "\r\n" + text + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The most memory that the gateway has taken since this was made. */
    private static final class Memory implements AutoCloseable {

        private final AtomicLong most = new AtomicLong();
        private final Thread thread = new Thread(this::watch, "memory");
        private volatile boolean closed;

        Memory() {
            thread.setDaemon(true);
            thread.start();
        }

        private void watch() {
            while (!closed) {
                most.accumulateAndGet(gateway.process().rss(), Math::max);
                LockSupport.parkNanos(50_000_000);
            }
        }

        void assertBounded() {
            assertThat(most.get()).as("bytes of memory at most").isPositive().isLessThan(MOST_MEMORY);
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
