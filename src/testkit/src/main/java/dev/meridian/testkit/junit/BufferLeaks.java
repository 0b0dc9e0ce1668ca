package dev.meridian.testkit.junit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Netty's leak detectors, made to write what they find to the file that the build looks for. */
final class BufferLeaks {

    /** A leaked buffer may hang on another one that goes first. */
    private static final int ROUNDS = 4;

    private static final long COLLECTION_WAIT_MILLIS = 2_000;

    private static final AtomicBoolean INSTALLED = new AtomicBoolean();
    private static final List<ReportingLeakDetector<?>> DETECTORS = new CopyOnWriteArrayList<>();

    private BufferLeaks() {}

    /** Has to come before Netty's first buffer: its classes keep the detector they get. */
    static void install() {
        @Nullable Path file = Report.leaks().orElse(null);
        if (file != null && !INSTALLED.getAndSet(true)) {
            ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Factory(file));
        }
    }

    /** Detectors report a leak only when the next resource is tracked, so without this the last ones would go unseen. */
    static void findLateOnes() {
        if (DETECTORS.isEmpty()) {
            return;
        }
        for (int i = 0; i < ROUNDS; i++) {
            collectGarbage();
            DETECTORS.forEach(ReportingLeakDetector::poll);
        }
    }

    /** Returns when the garbage of this moment has been collected and its references have been queued. */
    static void collectGarbage() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        System.gc();
        try {
            if (queue.remove(COLLECTION_WAIT_MILLIS) != canary) {
                System.err.println("garbage collection: not done (expected: within " + COLLECTION_WAIT_MILLIS
                        + " ms), leaks may go unseen");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Factory extends ResourceLeakDetectorFactory {

        private final Path file;

        Factory(Path file) {
            this.file = file;
        }

        @Override
        @SuppressWarnings("deprecation") // The only abstract method there is.
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            ReportingLeakDetector<T> detector = new ReportingLeakDetector<>(resource, samplingInterval, file);
            DETECTORS.add(detector);
            return detector;
        }
    }
}
