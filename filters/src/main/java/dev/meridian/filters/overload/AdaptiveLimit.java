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
 *   <li><b>Windows.</b> It is told a median some times a second, not each answer: one endpoint's slow report does not move it,
 *       and its lock and its boxed numbers are paid for seldom. A window lasts two response times, 100 ms at least; the
 *       median is that of the {@link RecentAnswers last second}.
 *   <li><b>Patience.</b> The limit falls only when answers have been slow for a second without a break: a pause of some
 *       tenths of a second, on whatever machine, piles requests up that are worked off by then, a queue stands. So that such
 *       a pause sheds nobody the limit rises up to eight times what is under way.
 *   <li><b>A base.</b> Gradient2 compares with its own long average. Under lasting overload that average becomes the
 *       overload, and the limit creeps up without end. So each window of overload is weighed against three of the
 *       <em>base</em>, the time that answers take when there is room.
 *   <li><b>Probes.</b> The base follows what is measured while most of the limit is free. Where that is never so, the limit
 *       is halved every ten seconds for some answers, and the base follows these; as long as they are far better than what
 *       was known, it is halved again, so that the base is found within seconds where a gateway starts under overload.
 *   <li><b>Drops.</b> A window of which three quarters failed (timeouts, 503, refused connections) halves the limit, down to
 *       {@value #MIN}. Below half of what was last too much the limit doubles within four windows, as a TCP connection
 *       starts slowly, so that an upstream that comes back is found again within some seconds but not hit by all at once.
 * </ul>
 *
 * <p>While less than a quarter of it is used the limit does not fall: an idle hour does not shrink it, the burst after it is let
 * in as before. Time is passed in, in nanoseconds. Thread-safe.
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
    private static final double TOLERANCE = 1.4;

    private static final double CONGESTED = 1.6;
    /** Beyond it the limit falls at once, by half at most, and not by a tenth as Gradient2 would have it. */
    private static final double GROSSLY_CONGESTED = 2.5;

    /** What is under it is better than the base, and not noise. */
    private static final double BETTER = 0.8;
    /** What a probe finds is what was known, or nothing better than the last one, down to that part of it. */
    private static final double ALIKE = 0.7;

    /** A window that is this much above the base is no time to let more in, whatever comes of it. */
    private static final double UNDECIDED = 2;

    /** How many times what is under way may be let in: what piles up in a short pause is then no overload. */
    private static final double HEADROOM = 8;
    /** What part of it tells something: clients that wait for answers before they ask again cannot use more of it. */
    private static final double FULL = 4;

    private static final int PROBE_ANSWERS = 50;
    private static final double PROBE_WEIGHT = 0.3;
    private static final int ANCHORS = 3;
    private static final double BASE_WEIGHT = 0.2;
    private static final int LONG_WINDOW = 600;

    private final Histogram window = new Histogram();
    private final RecentAnswers recent = new RecentAnswers();
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
    /** Since then all of it has been used, and more was asked for. */
    private long fullSince;
    /** Since then answers have taken too long. */
    private long congestedSince;
    /** Whether the base is what answers take when there is room. */
    private boolean measured;
    /** While a probe is under way: what is let in; else 0. */
    private int probe;
    /** Whether those are through that were too many. */
    private boolean drained;

    private long probeCountsFrom;
    private long probeEnds;
    private double lastTook;
    private int limitBefore;
    private double tookBefore;
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
            fullSince = now;
            congestedSince = now;
            nextProbe = now + PROBE_EVERY;
        } else if (now - lastSample > MAX_WINDOW) {
            start(now); // nothing for a while: what was before it says nothing any more
            recent.clear();
            fullSince = now;
            congestedSince = now;
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
            onFailedWindow(now);
            return;
        }
        windowLength = Math.max(MIN_WINDOW, Math.min(MAX_WINDOW, (long) (2 * window.median())));
        recent.add(window, now);
        if (probe > 0) {
            onProbed(now);
        } else {
            onWindow(now);
        }
    }

    private void onFailedWindow(long now) {
        int before = gradient.getLimit();
        probe = 0;
        nextProbe = now + PROBE_EVERY;
        if (before >= threshold || threshold == Integer.MAX_VALUE) {
            threshold = before / 4 * 3;
        }
        restart(before / 2); // Gradient2 itself makes nothing of drops
    }

    private void onWindow(long now) {
        int current = gradient.getLimit();
        double took = recent.median();
        boolean full = peak >= current / FULL;
        if (base == 0) {
            base = took;
        } else if (!full || took < BETTER * base || current <= least()) {
            base += BASE_WEIGHT * (took - base);
        }
        boolean congested = full && took > CONGESTED * base;
        if (!congested) {
            congestedSince = now;
            if (window.median() <= UNDECIDED * base) {
                gradient.onSample(0, (long) took, peak >= current / HEADROOM ? current : 0, false);
            }
        } else if (now - congestedSince >= RecentAnswers.INTERVAL) {
            lower(current, took, now);
        }
        if (full) {
            anchor(ANCHORS);
        } else {
            measured = true;
            nextProbe = now + PROBE_EVERY;
        }
        limit = gradient.getLimit();
        if (!full || !shedding) {
            fullSince = now;
        } else if (current > least()
                && now - fullSince >= RecentAnswers.INTERVAL
                && (!measured || now - nextProbe >= 0)) {
            limitBefore = current;
            tookBefore = took;
            // With nothing known, what it took while a queue built up says too little: a second probe has to confirm
            // it.
            probe(current, measured ? took : 0, now);
        }
    }

    /** There is a queue that does not go away. */
    private void lower(int current, double took, long now) {
        if (current < threshold) {
            threshold = Math.max(least(), current / 2);
        }
        if (took > GROSSLY_CONGESTED * base) {
            restart((int) (current * Math.max(0.5, TOLERANCE * base / took)));
            congestedSince = now; // what was let in before says nothing of it
        } else {
            gradient.onSample(0, (long) took, current, false);
        }
    }

    private void probe(int from, double took, long now) {
        probe = Math.max(least(), from / 2);
        lastTook = took;
        probeEnds = now + 2 * MAX_WINDOW;
        drained = false;
        limit = probe;
        recent.clear();
    }

    private void onProbed(long now) {
        if (recent.answers() < PROBE_ANSWERS) {
            return;
        }
        double took = recent.median();
        boolean known = measured && took * ALIKE <= base && base * ALIKE <= took;
        boolean changed = took < ALIKE * lastTook || lastTook < ALIKE * took;
        if (took > tookBefore) {
            limitBefore = probe; // the queue had not been full by then
            tookBefore = took;
        }
        if (changed && !known && probe > least()) {
            probe(probe, took, now);
            return;
        }
        endProbe(now);
        if (known) {
            base += PROBE_WEIGHT * (took - base);
            restart(limitBefore);
        } else {
            base = lastTook == 0 ? took : Math.min(took, lastTook);
            // What was under way in a base's time is what the upstream can work on (Little's law).
            restart((int) Math.min(limitBefore, TOLERANCE * limitBefore * base / tookBefore + 1));
        }
    }

    private void endProbe(long now) {
        probe = 0;
        measured = true;
        nextProbe = now + PROBE_EVERY;
    }

    /** Gradient2 cannot be told a limit, nor forget an average: another one takes its place. */
    private void restart(int at) {
        gradient = gradient(Math.max(least(), Math.min(at, max)));
        recent.clear();
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
