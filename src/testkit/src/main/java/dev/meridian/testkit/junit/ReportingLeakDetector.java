package dev.meridian.testkit.junit;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.nio.file.Path;

/** A leak detector that also writes to a file, and can be asked whether there is anything to write. */
final class ReportingLeakDetector<T> extends ResourceLeakDetector<T> {

    private final Path file;

    ReportingLeakDetector(Class<T> resource, int samplingInterval, Path file) {
        super(resource, samplingInterval);
        this.file = file;
    }

    /** Reports what has been collected without having been released. */
    @SuppressWarnings("unchecked") // A detector only holds a weak reference to what it tracks, whatever that is.
    void poll() {
        Object probe = new Object();
        ResourceLeakTracker<T> tracker = trackForcibly((T) probe);
        tracker.close((T) probe);
    }

    @Override
    protected boolean needReport() {
        // By default this asks the logger, and with logging off leaks would be dropped unseen.
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        report(resourceType, records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        report(resourceType, " No records.");
    }

    private void report(String resourceType, String records) {
        Report.append(file, "LEAK: " + resourceType + " was not released before it was collected." + records);
        System.err.println("LEAK: " + resourceType + ", see " + file);
    }
}
