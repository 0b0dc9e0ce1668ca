package dev.meridian.filters.overload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConcurrencyLimitTests {

    private final ConcurrencyLimit limit = new ConcurrencyLimit(new LimitSettings(10, false));

    @ParameterizedTest
    @CsvSource({"CRITICAL, 10", "NORMAL, 9", "SHEDDABLE, 7"})
    void acquire_leavesARestToThoseThatMatterMore(Priority priority, int most) {
        long admitted =
                IntStream.range(0, 20).filter(i -> limit.tryAcquire(priority)).count();
        assertThat(admitted).isEqualTo(most);
        assertThat(limit.inUse()).isEqualTo(most);
        assertThat(limit.shed(priority)).isEqualTo(20 - most);
    }

    @Test
    void sheddableAreShedFirst_criticalLast() {
        take(7, Priority.NORMAL);
        assertThat(limit.tryAcquire(Priority.SHEDDABLE)).isFalse();
        take(2, Priority.NORMAL);
        assertThat(limit.tryAcquire(Priority.NORMAL)).isFalse();
        assertThat(limit.tryAcquire(Priority.CRITICAL)).isTrue();
        assertThat(limit.tryAcquire(Priority.CRITICAL)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1",
        "3, 3, 3, 3",
        "4, 4, 4, 3",
        "100, 100, 90, 70",
        "2147483647, 2147483647, 1932735283, 1503238553"
    })
    void part_isNeverNothing(int of, int critical, int normal, int sheddable) {
        assertThat(Priority.CRITICAL.part(of)).isEqualTo(critical);
        assertThat(Priority.NORMAL.part(of)).isEqualTo(normal);
        assertThat(Priority.SHEDDABLE.part(of)).isEqualTo(sheddable);
    }

    @Test
    void limitIsLowered_whatIsUnderWayStaysCounted() {
        take(8, Priority.NORMAL);
        limit.change(new LimitSettings(4, false));
        assertThat(limit.inUse()).isEqualTo(8);
        assertThat(limit.tryAcquire(Priority.CRITICAL)).isFalse();
        IntStream.range(0, 5).forEach(i -> limit.release());
        assertThat(limit.tryAcquire(Priority.CRITICAL)).isTrue();
    }

    @Test
    void manyThreads_neverMoreThanTheLimit_andAllIsGivenBack() throws InterruptedException {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int t = 0; t < 8; t++) {
                threads.execute(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        if (limit.tryAcquire(Priority.CRITICAL)) {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            now.decrementAndGet();
                            limit.release();
                        }
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isLessThanOrEqualTo(10);
        assertThat(limit.inUse()).isZero();
    }

    private void take(int times, Priority priority) {
        for (int i = 0; i < times; i++) {
            assertThat(limit.tryAcquire(priority)).isTrue();
        }
    }
}
