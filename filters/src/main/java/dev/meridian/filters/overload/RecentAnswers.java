package dev.meridian.filters.overload;

import java.util.concurrent.TimeUnit;

/**
 * How long answers took of late: over a second and a hundred answers at least, once there have been so many, but over a
 * dozen windows at most. Not thread-safe.
 */
final class RecentAnswers {

    /** Longer than a pause and than what has piled up in it takes to be worked off, as a rule. */
    static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private static final int ENOUGH = 100;
    private static final int WINDOWS = 12;

    private final Histogram all = new Histogram();
    private final Histogram[] windows = new Histogram[WINDOWS];
    private final long[] ends = new long[WINDOWS];
    private int first;
    private int count;

    RecentAnswers() {
        for (int i = 0; i < WINDOWS; i++) {
            windows[i] = new Histogram();
        }
    }

    void clear() {
        all.clear();
        first = 0;
        count = 0;
    }

    /** Adds what a window has seen, and forgets what lies so far back that it is not needed any more. */
    void add(Histogram window, long end) {
        if (count == WINDOWS) {
            forget();
        }
        int at = (first + count++) % WINDOWS;
        windows[at].clear();
        windows[at].add(window);
        ends[at] = end;
        all.add(window);
        while (count > 1 && end - ends[first] >= INTERVAL && all.count() - windows[first].count() >= ENOUGH) {
            forget();
        }
    }

    private void forget() {
        all.remove(windows[first]);
        first = (first + 1) % WINDOWS;
        count--;
    }

    int answers() {
        return all.count();
    }

    /** Nanoseconds; 0 where there is none. */
    double median() {
        return all.median();
    }
}
