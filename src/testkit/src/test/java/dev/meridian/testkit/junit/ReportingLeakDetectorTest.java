package dev.meridian.testkit.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakTracker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A detector of its own, so that the leak that is made on purpose does not fail the build. */
class ReportingLeakDetectorTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @Test
    void writesWhatIsCollectedWithoutHavingBeenReleased() throws Exception {
        Path file = directory.resolve("sub/leaks.txt");
        ReportingLeakDetector<Object> detector = new ReportingLeakDetector<>(Object.class, 1, file);
        Object released = new Object();
        detector.trackForcibly(released).close(released);
        leak(detector);

        for (int i = 0; i < 10 && !Files.exists(file); i++) {
            BufferLeaks.collectGarbage();
            detector.poll();
        }
        assertThat(Files.readString(file)).containsOnlyOnce("LEAK: Object").contains("touched here");
    }

    /** In a method of its own: no register or local variable may keep the object. */
    private static void leak(ReportingLeakDetector<Object> detector) {
        @Nullable ResourceLeakTracker<Object> tracker = detector.trackForcibly(new Object());
        tracker.record("touched here");
    }
}
