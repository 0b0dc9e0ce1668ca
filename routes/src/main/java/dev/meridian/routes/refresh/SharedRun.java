package dev.meridian.routes.refresh;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done one after the other. Whoever asks for it while it is being done waits for the next time, and shares that
 * with all who ask meanwhile: what each of them has changed before is seen by it. Thread-safe.
 *
 * @param <T> what comes of it
 */
final class SharedRun<T> {

    private final AtomicReference<@Nullable Run<T>> next = new AtomicReference<>();

    /**
     * @param lock held while it is done
     * @throws RuntimeException that the work has thrown, to each who shares it
     */
    T run(Object lock, Supplier<T> work) {
        Run<T> run = join();
        synchronized (lock) {
            if (!run.done) {
                next.compareAndSet(run, null); // who comes from now on may have changed what this one has read already
                run.work(work);
            }
        }
        return run.result();
    }

    private Run<T> join() {
        while (true) {
            Run<T> waiting = next.get();
            if (waiting != null) {
                return waiting;
            }
            Run<T> mine = new Run<>();
            if (next.compareAndSet(null, mine)) {
                return mine;
            }
        }
    }

    /** Written and read under the lock, but for the result, which nobody reads before. */
    private static final class Run<T> {

        private boolean done;
        private @Nullable T result;
        private @Nullable RuntimeException failure;

        void work(Supplier<T> work) {
            try {
                result = work.get();
            } catch (RuntimeException e) {
                failure = e;
            } finally {
                done = true;
            }
        }

        T result() {
            if (failure != null) {
                throw failure;
            }
            if (result == null) {
                throw new IllegalStateException("Given up by an error in another thread");
            }
            return result;
        }
    }
}
