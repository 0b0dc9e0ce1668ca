package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedRunTests {

    private static final int CALLERS = 10;

    private final SharedRun<Integer> shared = new SharedRun<>();
    private final Object lock = new Object();
    private final AtomicInteger runs = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final ExecutorService callers = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task);
        synchronized (threads) {
            threads.add(thread);
        }
        return thread;
    });

    @AfterEach
    void stop() {
        callers.shutdownNow();
    }

    @Test
    void oneAfterTheOther_runsEachTime() {
        assertThat(shared.run(lock, runs::incrementAndGet)).isEqualTo(1);
        assertThat(shared.run(lock, runs::incrementAndGet)).isEqualTo(2);
    }

    @Test
    void allWhoAskMeanwhile_shareTheNext() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Future<Integer> first = callers.submit(() -> shared.run(lock, () -> {
            begun.countDown();
            await(goOn);
            return runs.incrementAndGet();
        }));
        await(begun);
        List<Future<Integer>> others = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            others.add(callers.submit(() -> shared.run(lock, runs::incrementAndGet)));
        }
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> blocked() == CALLERS);
        goOn.countDown();

        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        for (Future<Integer> other : others) {
            assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(runs).hasValue(2);
    }

    private long blocked() {
        synchronized (threads) {
            return threads.stream()
                    .filter(thread -> thread.getState() == Thread.State.BLOCKED)
                    .count();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void failure_isToldAndForgotten() {
        assertThatThrownBy(() -> shared.run(lock, () -> {
                    throw new IllegalStateException("broken");
                }))
                .hasMessage("broken");
        assertThat(shared.run(lock, runs::incrementAndGet)).isEqualTo(1);
    }
}
