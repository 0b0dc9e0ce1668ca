package dev.meridian.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** The session listener has installed the watch before this class was loaded. */
class BlockingCallsTest {

    private final LoopResources loops = LoopResources.create("reactor-http-test", 1, true);

    @BeforeEach
    void watched() {
        assumeTrue(BlockingCalls.watched(), "switched off");
    }

    @AfterEach
    void close() {
        BlockingCalls.take();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).block();
    }

    private <T> T onEventLoop(Callable<T> call) throws Exception {
        return loops.onServer(true).next().submit(call).get(10, TimeUnit.SECONDS);
    }

    @Test
    void sleepingOnAnEventLoopIsAnErrorAndIsRemembered() {
        assertThatThrownBy(() -> onEventLoop(() -> {
                    Thread.sleep(1);
                    return "slept";
                }))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BlockingOperationError.class);
        assertThat(BlockingCalls.take()).singleElement().asString().contains("reactor-http-test", "Thread.sleep");
        assertThat(BlockingCalls.take()).isEmpty();
    }

    @Test
    void waitingForAFutureOnAnEventLoopIsAnError() {
        Future<String> never = new CompletableFuture<>();
        assertThatThrownBy(() -> onEventLoop(() -> never.get(1, TimeUnit.SECONDS)))
                .hasCauseInstanceOf(BlockingOperationError.class);
        assertThatThrownBy(() -> onEventLoop(() -> Mono.never().block(Duration.ofMillis(1))))
                .hasRootCauseInstanceOf(Exception.class);
    }

    @Test
    void nettysOwnThreadsAreWatchedAsWell() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        new DefaultThreadFactory("some-event-loop", true)
                .newThread(() -> {
                    try {
                        Thread.sleep(1);
                        thrown.complete(new AssertionError("slept"));
                    } catch (Throwable e) {
                        thrown.complete(e);
                    }
                })
                .start();
        assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(BlockingOperationError.class);
    }

    @Test
    void otherThreadsMayBlock() throws Exception {
        CompletableFuture<String> done = new CompletableFuture<>();
        Thread other = new Thread(() -> done.complete("done"));
        other.start();
        other.join();
        assertThat(done.get()).isEqualTo("done");
    }

    @Test
    void whatBlocksOnlyOnceIsLetThrough() throws Exception {
        assertThat(onEventLoop(() -> UUID.randomUUID().toString())).hasSize(36);
        assertThat(onEventLoop(() -> ServiceLoader.load(java.nio.file.spi.FileSystemProvider.class)
                        .findFirst()
                        .isPresent()))
                .isNotNull();
        assertThat(onEventLoop(
                        () -> Class.forName("java.util.zip.CheckedInputStream").getSimpleName()))
                .isEqualTo("CheckedInputStream");
        onEventLoop(() -> {
            LoggerFactory.getLogger("testkit").info("a line from an event loop");
            System.out.println("another line from an event loop");
            return "logged";
        });
        assertThat(BlockingCalls.take()).isEmpty();
    }
}
