package dev.meridian.routes.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves good configurations, each in the place of the one before. A disk that is full, slow or read-only is told of, tried
 * again now and then, and holds up nothing: writing happens on a thread of its own, and of several that wait only the
 * newest is written.
 * Thread-safe.
 */
public final class LastGoodStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LastGoodStore.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final LastGoodFile file;
    private final Duration retry;
    private final Thread writer;
    private volatile @Nullable LastGood saved;
    private volatile String failure = "";

    private @Nullable LastGood next;
    private boolean closed;

    public LastGoodStore(Path directory) {
        this(directory, RETRY);
    }

    /** @param retry how long until it tries again what could not be written */
    LastGoodStore(Path directory, Duration retry) {
        this.file = new LastGoodFile(directory);
        this.retry = retry;
        this.writer = new Thread(this::write, "meridian-config-state");
        writer.setDaemon(true);
        writer.start();
    }

    /** Has it written soon. */
    public synchronized void save(LastGood lastGood) {
        next = lastGood;
        notifyAll();
    }

    /** Why the last one could not be saved; empty where it could. */
    public String failure() {
        return failure;
    }

    /** What was saved since the start; {@code null} where nothing was. */
    public @Nullable LastGood saved() {
        return saved;
    }

    private void write() {
        LastGood unsaved = null;
        while (true) {
            LastGood lastGood = take(unsaved);
            if (lastGood == null) {
                return;
            }
            unsaved = write(lastGood) ? null : lastGood;
        }
    }

    private boolean write(LastGood lastGood) {
        try {
            file.write(lastGood);
            if (!failure.isEmpty()) {
                log.info("The configuration in effect is saved to {} again", file.path());
            }
            saved = lastGood;
            failure = "";
            return true;
        } catch (IOException | RuntimeException e) {
            String why = e.toString();
            if (!why.equals(failure)) {
                log.warn("The configuration in effect cannot be saved to {}: {}", file.path(), why);
            }
            failure = why;
            return false;
        }
    }

    /** The next to be written; after a while again the one that could not be; {@code null} at the end. */
    private synchronized @Nullable LastGood take(@Nullable LastGood unsaved) {
        long until = System.nanoTime() + retry.toNanos();
        try {
            while (next == null && !closed) {
                long left = until - System.nanoTime();
                if (unsaved == null) {
                    wait();
                } else if (left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } else {
                    return unsaved;
                }
            }
        } catch (InterruptedException e) {
            return null;
        }
        LastGood taken = next;
        next = null;
        return taken;
    }

    /** Writes what waits to be written, if the disk lets it. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            writer.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
