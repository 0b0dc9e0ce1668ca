package dev.meridian.observability.accesslog;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Where entries wait: a ring that any thread adds to and one takes from. Nobody waits in it; a full one refuses.
 *
 * <p>A producer takes a position by moving the tail on, then fills the slot: between the two the consumer finds the slot
 * empty, and takes it for the end for now.
 */
final class EntryQueue {

    private final AtomicReferenceArray<@Nullable AccessLogEntry> slots;
    private final int capacity;
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /** @param atLeast rounded up to a power of two */
    EntryQueue(int atLeast) {
        this.capacity = atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
        this.slots = new AtomicReferenceArray<>(capacity);
    }

    int capacity() {
        return capacity;
    }

    /** Whether no producer has taken a position that is not taken back yet. */
    boolean isEmpty() {
        return tail.get() == head.getPlain();
    }

    int size() {
        return (int) Math.max(0, Math.min(capacity, tail.get() - head.get()));
    }

    /** @return the position, counted from the first entry ever, or -1 where the queue is full */
    long offer(AccessLogEntry entry) {
        long at;
        do {
            at = tail.get();
            if (at - head.getAcquire() >= capacity) {
                return -1;
            }
        } while (!tail.compareAndSet(at, at + 1));
        slots.setRelease(slot(at), entry);
        return at;
    }

    /** For the one consumer. */
    @Nullable
    AccessLogEntry poll() {
        long at = head.getPlain();
        AccessLogEntry entry = slots.getAcquire(slot(at));
        if (entry != null) {
            slots.setPlain(slot(at), null);
            head.setRelease(at + 1);
        }
        return entry;
    }

    private int slot(long position) {
        return (int) position & (capacity - 1);
    }
}
