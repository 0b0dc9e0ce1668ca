package dev.meridian.e2e;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The same many times, on several threads. */
final class Parallel {

    private static final long SECONDS = 60;

    private Parallel() {}

    /** @param task given its number; what it throws is thrown here */
    static void run(int threads, int times, IntConsumer task) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (Future<?> done : IntStream.range(0, times)
                    .<Future<?>>mapToObj(number -> executor.submit(() -> task.accept(number)))
                    .toList()) {
                done.get(SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }
}
