package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.h2.H2Client;
import dev.meridian.e2e.h2.H2Stream;
import dev.meridian.e2e.load.Load;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.RepeatingBytes;
import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** SIGTERM: nobody who heeds readiness and {@code Connection: close} loses a request. */
@Execution(ExecutionMode.SAME_THREAD)
class ShutdownIT {

    private static final Duration GRACE = Duration.ofSeconds(2);
    /** What a busy machine may add to the grace period. */
    private static final Duration FEW_SECONDS = Duration.ofSeconds(6);

    /** Takes 5 s: longer than the grace period. */
    private static final int LONG = 5_000;

    private static final int PER_SECOND = 1_000;

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.byPath(Map.of(
            "/quick", Behaviour.answer(200, "quick"),
            "/slow", Behaviour.after(Duration.ofMillis(150), Behaviour.answer(200, "slow")),
            "/long", Behaviour.slowDrip(LONG, PER_SECOND))));

    private static GatewayProcess gateway(String name) {
        return GatewayProcess.of(name, GatewayConfig.allTo(backend.url()))
                .grace(GRACE.toSeconds() + "s")
                .start();
    }

    @Test
    void loadThatHeedsReadinessAndCloseLosesNothing() {
        try (GatewayProcess gateway = gateway("shutdown-load");
                Probe ready = new Probe(gateway);
                Load quick = Load.constantRate(gateway.port(), 16, 200, Load.get("/quick"), ready::up);
                Load slow = Load.constantRate(gateway.port(), 8, 40, Load.post("/slow"), ready::up)) {
            Eventually.within(
                    Duration.ofSeconds(20), "the load to flow", () -> quick.count() > 200 && slow.count() > 40);
            long sent = System.nanoTime();
            gateway.terminate();
            int code = gateway.exitCode(GRACE.plus(FEW_SECONDS));
            Duration took = Duration.ofNanos(System.nanoTime() - sent);
            assertThat(code).isEqualTo(GatewayProcess.TERMINATED);
            assertThat(took).isGreaterThan(GRACE);
            quick.stop().assertAllOk(200);
            slow.stop().assertAllOk(40);
        }
    }

    @Test
    void whatIsUnderWayEndsAndNewConnectionsAreServedForTheGracePeriod() {
        try (GatewayProcess gateway = gateway("shutdown-under-way");
                RawClient download = RawClient.connect(gateway.port()).deadline(Duration.ofSeconds(20));
                H2Client h2 = H2Client.cleartext(gateway.port());
                H2Client idle = H2Client.cleartext(gateway.port())) {
            download.get("/long");
            H2Stream stream = h2.get("/long");
            H2Stream.Fields head = stream.nextFields();
            long sent = System.nanoTime();
            gateway.terminate();

            Eventually.holds("readiness to go off", () -> gateway.readiness() != 200);
            try (RawClient late = RawClient.connect(gateway.port())) {
                Response response = late.get("/quick").readResponse();
                assertThat(response.status()).as("%s", response).isEqualTo(200);
                assertThat(response.headers().first("Connection")).contains("close");
                late.expectClosed(Duration.ofSeconds(2));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - sent))
                    .as("the test in time")
                    .isLessThan(GRACE);
            gateway.terminate();

            H2Client.GoAway goAway = h2.awaitGoAway();
            assertThat(goAway.error()).isEqualTo(Http2Error.NO_ERROR.code());
            assertThat(goAway.lastStream()).isPositive();
            assertThat(idle.awaitGoAway().error()).isEqualTo(Http2Error.NO_ERROR.code());
            assertThat(idle.closedWithin(GRACE.plus(FEW_SECONDS))).isTrue();

            H2Stream.Response streamed = stream.rest(head);
            assertThat(streamed.ended()).isNull();
            assertThat(streamed.body()).isEqualTo(RepeatingBytes.bytes(LONG));
            Response downloaded = download.readResponse();
            assertThat(downloaded.complete()).isTrue();
            assertThat(downloaded.body().bytes()).isEqualTo(RepeatingBytes.bytes(LONG));

            assertThat(gateway.exitCode(FEW_SECONDS)).isEqualTo(GatewayProcess.TERMINATED);
        }
    }

    /** What a balancer knows: readiness as of a moment ago. */
    private static final class Probe implements AutoCloseable {

        private final Thread thread;
        private volatile boolean up = true;

        Probe(GatewayProcess gateway) {
            thread = new Thread(
                    () -> {
                        while (up) {
                            up = gateway.readiness() == 200;
                            LockSupport.parkNanos(20_000_000);
                        }
                    },
                    "probe");
            thread.setDaemon(true);
            thread.start();
        }

        boolean up() {
            return up;
        }

        @Override
        public void close() {
            up = false;
        }
    }
}
