package dev.meridian.routes.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves good configurations, each in the place of the one before. A disk that is full, slow or read-only is told of and
 * holds up nothing: writing happens on a thread of its own, and of several that wait only the newest is written.
 * Thread-safe.
 */
public final class LastGoodStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LastGoodStore.class);
    private static final long CLOSE_MILLIS = 2_000;

    private final LastGoodFile file;
    private final AtomicReference<@Nullable LastGood> next = new AtomicReference<>();
    private final Thread writer;
    private volatile boolean closed;
    private volatile @Nullable LastGood saved;
    private volatile String failure = "";

    public LastGoodStore(Path directory) {
        this.file = new LastGoodFile(directory);
        this.writer = new Thread(this::write, "meridian-config-state");
        writer.setDaemon(true);
        writer.start();
    }

    /** Has it written soon. */
    public void save(LastGood lastGood) {
        next.set(lastGood);
        synchronized (next) {
            next.notifyAll();
        }
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
        while (true) {
            LastGood lastGood = take();
            if (lastGood == null) {
                return;
            }
            try {
                file.write(lastGood);
                saved = lastGood;
                failure = "";
            } catch (IOException | RuntimeException e) {
                String why = e.toString();
                if (!why.equals(failure)) {
                    log.warn("The configuration in effect cannot be saved to {}: {}", file.path(), why);
                }
                failure = why;
            }
        }
    }

    private @Nullable LastGood take() {
        synchronized (next) {
            while (true) {
                LastGood lastGood = next.getAndSet(null);
                if (lastGood != null || closed) {
                    return lastGood;
                }
                try {
                    next.wait();
                } catch (InterruptedException e) {
                    return null;
                }
            }
        }
    }

    /** Writes what waits to be written, if the disk lets it. */
    @Override
    public void close() {
        closed = true;
        synchronized (next) {
            next.notifyAll();
        }
        try {
            writer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
