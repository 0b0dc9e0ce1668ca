package dev.meridian.observability.accesslog;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes entries on a thread of its own, many at a time. {@link #offer} never waits: what does not fit into the queue is
 * dropped and counted, and so is what the sink does not take. Thread-safe.
 */
final class AccessLogWriter implements AutoCloseable {

    /*
     * Waking a thread costs more than formatting a line. So under load nobody wakes the writer: it looks by itself fifty
     * times a second, and is woken only when another quarter of the queue has filled. After a second without any entry it
     * goes to sleep, says so, and is woken by the first.
     */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int PAUSES_UNTIL_SLEEP = 50;
    private static final long SLEEP_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int WAKES_PER_ROUND = 4;

    /** Up to here {@link java.io.FileOutputStream} copies on the stack. */
    private static final int BATCH_BYTES = 8_192;

    static final long CLOSE_MILLIS = 2_000;
    private static final long WARNING_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final Logger log = LoggerFactory.getLogger(AccessLogWriter.class);

    private final EntryQueue queue;
    private final long wakeMask;
    private final AccessLogFormat format;
    private final LogSink sink;
    private final LongSupplier ticker;
    private final Thread thread = new Thread(this::run, "meridian-access-log");

    private final LongAdder droppedByQueue = new LongAdder();
    private final LongAdder droppedBySink = new LongAdder();
    private volatile boolean asleep;
    private volatile boolean closed;

    // The writing thread's own.
    private final LineBuffer buffer = new LineBuffer(2 * BATCH_BYTES);
    private int lines;
    private @Nullable Exception lastFailure;
    private long reportedDropped;
    private long reportedAt;

    /** @param queueSize rounded up to a power of two */
    AccessLogWriter(AccessLogFormat format, LogSink sink, int queueSize, LongSupplier ticker) {
        this.queue = new EntryQueue(queueSize);
        this.wakeMask = Math.max(1, queue.capacity() / WAKES_PER_ROUND) - 1;
        this.format = format;
        this.sink = sink;
        this.ticker = ticker;
        this.reportedAt = ticker.getAsLong() - WARNING_NANOS;
        thread.setDaemon(true);
    }

    AccessLogWriter start() {
        thread.start();
        return this;
    }

    /** @return whether the entry will be written, as far as it depends on the queue */
    boolean offer(AccessLogEntry entry) {
        long at = closed ? -1 : queue.offer(entry);
        if (at < 0) {
            droppedByQueue.increment();
            return false;
        }
        if (asleep || (at & wakeMask) == wakeMask) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    /** Entries that found the queue full, or the writer closed. */
    long droppedByQueue() {
        return droppedByQueue.sum();
    }

    /** Lines that the sink did not take. */
    long droppedBySink() {
        return droppedBySink.sum();
    }

    private void run() {
        int idle = 0;
        while (!closed) {
            idle = writeAll() > 0 ? 0 : idle + 1;
            if (idle < PAUSES_UNTIL_SLEEP) {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            } else {
                sleep();
                idle = 0;
            }
        }
        writeAll();
        try {
            sink.close();
        } catch (IOException e) {
            log.warn("Access log: {} not closed", sink, e);
        }
    }

    /** A producer moves the tail before it reads {@code asleep}, this does it the other way round: one sees the other. */
    private void sleep() {
        asleep = true;
        if (queue.isEmpty() && !closed) {
            LockSupport.parkNanos(this, SLEEP_NANOS);
        }
        asleep = false;
    }

    /** Writes what waits; for the writing thread, and for tests that start none. */
    int writeAll() {
        int taken = 0;
        AccessLogEntry entry;
        while ((entry = queue.poll()) != null) {
            taken++;
            append(entry);
            if (buffer.length() >= BATCH_BYTES) {
                flush();
            }
        }
        flush();
        report();
        return taken;
    }

    private void append(AccessLogEntry entry) {
        int before = buffer.length();
        try {
            format.append(entry, buffer);
            buffer.add('\n');
            lines++;
        } catch (RuntimeException e) {
            buffer.truncate(before);
            lost(1, e);
        }
    }

    private void flush() {
        if (buffer.length() == 0) {
            return;
        }
        try {
            sink.write(buffer.array(), buffer.length());
        } catch (IOException | RuntimeException e) {
            lost(lines, e);
        }
        buffer.truncate(0);
        lines = 0;
    }

    private void lost(int count, Exception failure) {
        droppedBySink.add(count);
        lastFailure = failure;
    }

    private void report() {
        long byQueue = droppedByQueue();
        long bySink = droppedBySink();
        long now = ticker.getAsLong();
        if (byQueue + bySink == reportedDropped || now - reportedAt < WARNING_NANOS) {
            return;
        }
        log.warn(
                "Access log: {} more lines lost; since the start {} found the queue full, {} were not written to {}{}",
                byQueue + bySink - reportedDropped,
                byQueue,
                bySink,
                sink,
                lastFailure == null ? "" : ": " + lastFailure);
        lastFailure = null;
        reportedDropped = byQueue + bySink;
        reportedAt = now;
    }

    /** Writes what waits, for two seconds at most; what comes later is dropped. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            log.warn("Access log: {} is too slow, {} lines given up at shutdown", sink, queue.size());
        }
    }
}
