package dev.meridian.filters.overload;

import com.netflix.concurrency.limits.limit.Gradient2Limit;
import java.util.concurrent.TimeUnit;

/**
 * Finds out how many requests may be under way, with Netflix' Gradient2: as long as answers do not slow down the limit
 * rises, when they do it falls in proportion.
 *
 * <p>What is added to it:
 *
 * <ul>
 *   <li><b>Windows.</b> It is told the median of a window, not each answer: one endpoint's slow report does not move it, and
 *       its lock and its boxed numbers are paid for some times a second. A window lasts two response times, 100 ms at
 *       least.
 *   <li><b>A base.</b> Gradient2 compares with its own long average. Under lasting overload that average becomes the
 *       overload, and the limit creeps up without end. So each window of overload is weighed against three of the
 *       <em>base</em>, the time that answers take when there is room.
 *   <li><b>Probes.</b> The base follows what is measured while half of the limit is free. Where that is never so, the limit
 *       is halved for one window every ten seconds, and what is measured then is the base; as long as that is still a
 *       tenth better than before, it is halved again, so that the base is found within seconds where a gateway starts under
 *       overload.
 *   <li><b>Drops.</b> A window of which three quarters failed (timeouts, 503, refused connections) halves the limit, down to
 *       {@value #MIN}. Below half of what was last too much the limit doubles within four windows, as a TCP connection
 *       starts slowly, so that an upstream that comes back is found again within some seconds but not hit by all at once.
 * </ul>
 *
 * <p>While less than half of it is used the limit stays: an idle hour does not shrink it, the burst after it is let in as
 * before. Time is passed in, in nanoseconds. Thread-safe.
 */
final class AdaptiveLimit {

    /** Below this nothing could be measured any more. */
    static final int MIN = 4;
    /** With nothing known yet; enough for a burst at a small upstream, few enough for a weak one. */
    static final int INITIAL = 100;
    /** Where no {@code max-requests} bounds it. */
    static final int UNBOUNDED = 10_000;

    static final long MIN_WINDOW = TimeUnit.MILLISECONDS.toNanos(100);
    static final long MAX_WINDOW = TimeUnit.SECONDS.toNanos(2);
    static final long PROBE_EVERY = TimeUnit.SECONDS.toNanos(10);

    private static final int MIN_SAMPLES = 10;
    /** Response times this much above the base are slower, others are noise. */
    private static final double TOLERANCE = 1.2;

    private static final double CONGESTED = 1.5;
    /** Beyond it the limit falls at once, by half at most, and not by a tenth as Gradient2 would have it. */
    private static final double GROSSLY_CONGESTED = 2.5;

    /** A probe that is not this much better has found the base. */
    private static final double BETTER = 0.9;

    private static final int ANCHORS = 3;
    private static final double BASE_WEIGHT = 0.2;
    private static final int LONG_WINDOW = 600;

    private final Histogram window = new Histogram();
    private int max;
    private Gradient2Limit gradient;
    private double base;
    /** Below it the limit grows fast. */
    private int threshold = Integer.MAX_VALUE;

    private long windowStart;
    private long lastSample;
    private boolean begun;
    private long windowLength = MIN_WINDOW;
    private int peak;
    private int drops;
    private long nextProbe;
    /** Whether the base is what answers take when there is room. */
    private boolean measured;
    /** While a probe is under way: what is let in; else 0. */
    private int probe;
    /** Whether those are through that were too many. */
    private boolean drained;

    private long probeCountsFrom;
    private long probeEnds;
    private double lastMedian;
    private int limitBefore;
    private double medianBefore;
    private volatile boolean shedding;
    private volatile int limit;

    AdaptiveLimit(int max) {
        this.max = Math.min(max, UNBOUNDED);
        this.gradient = gradient(Math.min(INITIAL, this.max));
        this.limit = gradient.getLimit();
    }

    int limit() {
        return limit;
    }

    /** Bounds it otherwise from now on. */
    synchronized void max(int next) {
        int bound = Math.min(next, UNBOUNDED);
        if (bound != max) {
            max = bound;
            probe = 0;
            restart(gradient.getLimit());
        }
    }

    void onShed() {
        if (!shedding) {
            shedding = true;
        }
    }

    synchronized void onAnswer(long startNanos, long nanos, int inUse, long now) {
        begin(now);
        if (probe > 0 && !drained && inUse <= probe) {
            drained = true;
            probeCountsFrom = now;
            start(now);
        }
        // Those that were let in before the probe measure what was before it.
        if (probe == 0 || drained && startNanos - probeCountsFrom >= 0) {
            window.add(Math.max(1, nanos));
            peak = Math.max(peak, inUse);
        }
        endIfDue(now);
    }

    synchronized void onDrop(long now) {
        begin(now);
        drops++;
        endIfDue(now);
    }

    private void begin(long now) {
        if (!begun) {
            begun = true;
            start(now);
            nextProbe = now + PROBE_EVERY;
        } else if (now - lastSample > MAX_WINDOW) {
            start(now); // nothing for a while: what was before it says nothing any more
        }
        if (probe > 0 && now - probeEnds >= 0) {
            endProbe(now); // streams that do not end keep it from finding anything out
            limit = gradient.getLimit();
            start(now);
        }
        lastSample = now;
    }

    private void start(long now) {
        windowStart = now;
        window.clear();
        peak = 0;
        drops = 0;
        shedding = false;
    }

    private void endIfDue(long now) {
        long age = now - windowStart;
        int samples = window.count() + drops;
        if (samples > 0 && (age >= windowLength && samples >= MIN_SAMPLES || age >= MAX_WINDOW)) {
            end(now);
            start(now);
        }
    }

    private void end(long now) {
        if (drops >= 3 * (window.count() + drops) / 4.0) {
            onFailedWindow();
            return;
        }
        double median = window.median();
        windowLength = Math.max(MIN_WINDOW, Math.min(MAX_WINDOW, (long) (2 * median)));
        if (probe > 0) {
            onProbed(median, now);
        } else {
            onWindow(median, now);
        }
    }

    private void onFailedWindow() {
        int before = gradient.getLimit();
        probe = 0;
        if (before >= threshold || threshold == Integer.MAX_VALUE) {
            threshold = before / 4 * 3;
        }
        restart(before / 2); // Gradient2 itself makes nothing of drops
    }

    private void onWindow(double median, long now) {
        int current = gradient.getLimit();
        boolean full = peak >= current / 2.0;
        if (base == 0) {
            base = median;
        } else if (!full || median < base || current <= least()) {
            base += BASE_WEIGHT * (median - base);
        }
        if (full && median > CONGESTED * base && current < threshold) {
            threshold = Math.max(least(), current / 2);
        }
        if (full && median > GROSSLY_CONGESTED * base) {
            restart((int) (current * Math.max(0.5, TOLERANCE * base / median)));
        } else {
            gradient.onSample(0, (long) median, peak, false);
        }
        if (full) {
            anchor(ANCHORS);
        } else {
            measured = true;
            nextProbe = now + PROBE_EVERY;
        }
        limit = gradient.getLimit();
        if (full && shedding && current > least() && (!measured || now - nextProbe >= 0)) {
            limitBefore = current;
            medianBefore = median;
            probe(current, median, now);
        }
    }

    private void probe(int from, double median, long now) {
        probe = Math.max(least(), from / 2);
        lastMedian = median;
        probeEnds = now + 2 * MAX_WINDOW;
        drained = false;
        limit = probe;
    }

    private void onProbed(double median, long now) {
        boolean known = measured && median * BETTER <= base && base * BETTER <= median;
        boolean changed = median < BETTER * lastMedian || lastMedian < BETTER * median;
        if (median > medianBefore) {
            limitBefore = probe; // the queue had not been full by then
            medianBefore = median;
        }
        if (changed && !known && probe > least()) {
            probe(probe, median, now);
            return;
        }
        base = Math.min(median, lastMedian);
        endProbe(now);
        // What was under way in a base's time is what the upstream can work on (Little's law).
        restart((int) Math.min(limitBefore, TOLERANCE * limitBefore * base / medianBefore + 1));
    }

    private void endProbe(long now) {
        probe = 0;
        measured = true;
        nextProbe = now + PROBE_EVERY;
    }

    /** Gradient2 cannot be told a limit, nor forget an average: another one takes its place. */
    private void restart(int at) {
        gradient = gradient(Math.max(least(), Math.min(at, max)));
        if (base > 0) {
            anchor(LONG_WINDOW / 10);
        }
        limit = gradient.getLimit();
    }

    private int least() {
        return Math.min(MIN, max);
    }

    /** With nothing under way the limit stays, only the average moves. */
    private void anchor(int times) {
        for (int i = 0; i < times; i++) {
            gradient.onSample(0, Math.max(1, (long) base), 0, false);
        }
    }

    private Gradient2Limit gradient(int initial) {
        return Gradient2Limit.newBuilder()
                .initialLimit(initial)
                .minLimit(least())
                .maxConcurrency(max)
                .rttTolerance(TOLERANCE)
                .longWindow(LONG_WINDOW)
                .queueSize(this::growth)
                .build();
    }

    /** What the limit would grow by in five windows, where nothing speaks against it. */
    private int growth(Integer current) {
        return current < threshold ? Math.max(current, MIN) : Math.max(2, current / 16);
    }
}
