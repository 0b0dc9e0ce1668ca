package dev.meridian.observability.metrics;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * Figures of things that come and go: which there are is looked up every five seconds, their figures when gauges ask for
 * them. Thread-safe.
 *
 * @param <S> where the things are
 * @param <K> tells them apart
 * @param <F> of one of them
 */
final class SampledFigures<S, K, F> implements AutoCloseable {

    static final long REFRESH_SECONDS = 5;
    /** Figures are read at most once in this time, however many gauges ask for them. */
    static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger log = LoggerFactory.getLogger(SampledFigures.class);

    private final String what;
    private final Supplier<S> source;
    private final Function<S, Map<K, F>> reader;
    private final BiConsumer<S, Set<K>> onRefresh;
    private final LongSupplier ticker;
    private final Scheduler scheduler;
    private @Nullable Map<K, F> figures;
    private long readAt;
    private @Nullable Disposable refreshing;

    /**
     * @param what they are, for the log
     * @param reader called by one thread at a time
     * @param onRefresh told what there is whenever it is looked up
     */
    SampledFigures(
            String what,
            Supplier<S> source,
            Function<S, Map<K, F>> reader,
            BiConsumer<S, Set<K>> onRefresh,
            LongSupplier ticker,
            Scheduler scheduler) {
        this.what = what;
        this.source = source;
        this.reader = reader;
        this.onRefresh = onRefresh;
        this.ticker = ticker;
        this.scheduler = scheduler;
    }

    /** Looks up what there is, now and from now on. */
    void start() {
        refresh();
        synchronized (this) {
            if (refreshing == null) {
                refreshing = scheduler.schedulePeriodically(
                        this::refresh, REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private void refresh() {
        try {
            S now;
            Set<K> keys;
            synchronized (this) {
                now = source.get();
                keys = read(now).keySet();
            }
            onRefresh.accept(now, keys);
        } catch (RuntimeException e) {
            log.warn("Meters of {} not refreshed", what, e);
        }
    }

    private synchronized Map<K, F> read(S now) {
        Map<K, F> read = reader.apply(now);
        figures = read;
        readAt = ticker.getAsLong();
        return read;
    }

    /** @return 0 for what is not there */
    synchronized double get(K key, ToDoubleFunction<F> of) {
        Map<K, F> known = figures;
        if (known == null || ticker.getAsLong() - readAt >= FRESH_NANOS) {
            known = read(source.get());
        }
        F found = known.get(key);
        return found == null ? 0 : of.applyAsDouble(found);
    }

    @Override
    public synchronized void close() {
        if (refreshing != null) {
            refreshing.dispose();
        }
    }
}
