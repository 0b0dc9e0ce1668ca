package dev.meridian.filters.overload;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many requests are under way to one place, and how many may be. Each one that is let in takes a permit, and gives it
 * back at its end; nobody waits. Neither allocates. Thread-safe.
 */
public final class ConcurrencyLimit {

    /** A limit so high that it is none. */
    static final int NONE = Integer.MAX_VALUE;

    private final AtomicInteger inUse = new AtomicInteger();
    private final LongAdder[] shed = {new LongAdder(), new LongAdder(), new LongAdder()};
    private volatile LimitSettings settings;
    private volatile @Nullable AdaptiveLimit adaptive;

    public ConcurrencyLimit(LimitSettings settings) {
        this.settings = settings;
        change(settings);
    }

    /** Goes by other settings from now on; what is under way stays counted, what has been measured stays known. */
    synchronized void change(LimitSettings next) {
        settings = next;
        AdaptiveLimit known = adaptive;
        if (!next.adaptive()) {
            adaptive = null;
        } else if (known == null) {
            adaptive = new AdaptiveLimit(next.max());
        } else {
            known.max(next.max());
        }
    }

    LimitSettings settings() {
        return settings;
    }

    /** Takes a permit, unless that would be more than this class may use. */
    public boolean tryAcquire(Priority priority) {
        int most = priority.part(limit());
        int used = inUse.get();
        while (used < most) {
            if (inUse.compareAndSet(used, used + 1)) {
                return true;
            }
            used = inUse.get();
        }
        shed[priority.ordinal()].increment();
        AdaptiveLimit measured = adaptive;
        if (measured != null) {
            measured.onShed();
        }
        return false;
    }

    /** Gives a permit back. */
    public void release() {
        inUse.decrementAndGet();
    }

    /** Whether what becomes of requests is of any interest. */
    public boolean isAdaptive() {
        return adaptive != null;
    }

    /**
     * A request was answered.
     *
     * @param startNanos when it was sent
     * @param nanos until the head of its answer
     * @param now as {@code startNanos} is counted
     */
    public void onAnswer(long startNanos, long nanos, long now) {
        AdaptiveLimit measured = adaptive;
        if (measured != null) {
            measured.onAnswer(startNanos, nanos, inUse.get(), now);
        }
    }

    /** A request came back as one that could not be served: a timeout, a 503, a connection that was refused. */
    public void onDrop(long now) {
        AdaptiveLimit measured = adaptive;
        if (measured != null) {
            measured.onDrop(now);
        }
    }

    /** How many may be under way now; {@link #NONE} for any number. */
    public int limit() {
        AdaptiveLimit measured = adaptive;
        return measured == null ? settings.max() : measured.limit();
    }

    /** How many are under way. */
    public int inUse() {
        return inUse.get();
    }

    /** How many of this class were turned away so far. */
    public long shed(Priority priority) {
        return shed[priority.ordinal()].sum();
    }
}
