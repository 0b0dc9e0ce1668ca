package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryQueueTests {

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "2, 2", "3, 4", "1000, 1024", "1024, 1024", "65536, 65536", "4194303, 4194304"})
    void capacity_isTheNextPowerOfTwo(int asked, int capacity) {
        assertThat(new EntryQueue(asked).capacity()).isEqualTo(capacity);
    }

    @Test
    void offer_full_refusesUntilOneIsTaken() {
        EntryQueue queue = new EntryQueue(2);

        assertThat(queue.offer(Entries.withPath("/0"))).isZero();
        assertThat(queue.offer(Entries.withPath("/1"))).isOne();
        assertThat(queue.offer(Entries.withPath("/2"))).isEqualTo(-1);
        assertThat(path(queue)).isEqualTo("/0");
        assertThat(queue.offer(Entries.withPath("/3"))).isEqualTo(2);
        assertThat(path(queue)).isEqualTo("/1");
        assertThat(path(queue)).isEqualTo("/3");
        assertThat(queue.poll()).isNull();
    }

    @Test
    void isEmptyAndSize_followTheEntries() {
        EntryQueue queue = new EntryQueue(4);
        assertThat(queue.isEmpty()).isTrue();

        for (int round = 0; round < 10; round++) {
            queue.offer(Entries.BARE);
            queue.offer(Entries.BARE);
            assertThat(queue.isEmpty()).isFalse();
            assertThat(queue.size()).isEqualTo(2);
            queue.poll();
            queue.poll();
            assertThat(queue.isEmpty()).isTrue();
            assertThat(queue.size()).isZero();
        }
    }

    @Test
    @Timeout(60)
    void offer_fromManyThreads_losesNothingAndKeepsEachThreadsOrder() throws Exception {
        int producers = 4;
        int each = 50_000;
        EntryQueue queue = new EntryQueue(256);
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(producers);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int p = 0; p < producers; p++) {
                int producer = p;
                running.add(pool.submit(() -> {
                    start.await();
                    for (int i = 0; i < each; i++) {
                        AccessLogEntry entry = numbered(producer, i);
                        while (queue.offer(entry) < 0) {
                            refused.incrementAndGet();
                            Thread.onSpinWait();
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            int[] next = new int[producers];
            for (int taken = 0; taken < producers * each; ) {
                AccessLogEntry entry = queue.poll();
                if (entry != null) {
                    assertThat((int) entry.durationMicros()).isEqualTo(next[entry.status()]++);
                    taken++;
                } else {
                    Thread.onSpinWait();
                }
            }
            for (Future<?> one : running) {
                one.get(10, TimeUnit.SECONDS);
            }
            assertThat(queue.isEmpty()).isTrue();
            assertThat(queue.poll()).isNull();
        } finally {
            pool.shutdownNow();
        }
    }

    private static AccessLogEntry numbered(int producer, int number) {
        return new AccessLogEntry(
                0,
                null,
                "GET",
                "/",
                null,
                null,
                producer,
                Entries.BARE.ending(),
                0,
                0,
                number,
                -1,
                -1,
                -1,
                null,
                null,
                null,
                0,
                null,
                null,
                null,
                null);
    }

    private static String path(EntryQueue queue) {
        return Objects.requireNonNull(queue.poll()).path();
    }
}
