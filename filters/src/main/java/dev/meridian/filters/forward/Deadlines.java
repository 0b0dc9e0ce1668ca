package dev.meridian.filters.forward;

import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of one event loop. All that wait equally long form a list, the first to be due at its head; setting and
 * clearing one is a few pointer writes, and one timer runs per list rather than one per request.
 *
 * <p>Confined to its event loop.
 */
final class Deadlines {

    private final EventLoop loop;
    private final Map<Long, Waiting> byMillis = new HashMap<>();

    Deadlines(EventLoop loop) {
        this.loop = loop;
    }

    /** Sets the entry's only deadline, in place of the one it had. */
    void set(Entry entry, long millis) {
        entry.clearDeadline();
        Waiting waiting = byMillis.get(millis);
        if (waiting == null) {
            waiting = new Waiting(loop, millis);
            byMillis.put(millis, waiting);
        }
        waiting.append(entry);
    }

    /** All that have a deadline at present. */
    java.util.List<Entry> entries() {
        java.util.List<Entry> all = new java.util.ArrayList<>();
        for (Waiting waiting : byMillis.values()) {
            for (Entry each = waiting.first; each != null; each = each.next) {
                all.add(each);
            }
        }
        return all;
    }

    /** Something with a deadline. */
    abstract static class Entry {

        private @Nullable Waiting list;
        private @Nullable Entry previous;
        private @Nullable Entry next;
        private long dueNanos;

        /** Called on the event loop when the time has come; no deadline is set by then. */
        abstract void onDeadline();

        final void clearDeadline() {
            Waiting in = list;
            if (in != null) {
                in.remove(this);
            }
        }
    }

    private static final class Waiting implements Runnable {

        private final EventLoop loop;
        private final long nanos;
        private @Nullable Entry first;
        private @Nullable Entry last;
        private boolean scheduled;

        Waiting(EventLoop loop, long millis) {
            this.loop = loop;
            this.nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        }

        void append(Entry entry) {
            entry.list = this;
            entry.dueNanos = System.nanoTime() + nanos;
            entry.previous = last;
            if (last == null) {
                first = entry;
            } else {
                last.next = entry;
            }
            last = entry;
            if (!scheduled) {
                scheduled = true;
                loop.schedule(this, nanos, TimeUnit.NANOSECONDS);
            }
        }

        void remove(Entry entry) {
            Entry before = entry.previous;
            Entry after = entry.next;
            if (before == null) {
                first = after;
            } else {
                before.next = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.previous = before;
            }
            entry.list = null;
            entry.previous = null;
            entry.next = null;
        }

        @Override
        public void run() {
            scheduled = false;
            long now = System.nanoTime();
            Entry due = first;
            while (due != null && due.dueNanos - now <= 0) {
                remove(due);
                due.onDeadline();
                due = first;
            }
            if (due != null && !scheduled) {
                scheduled = true;
                loop.schedule(this, due.dueNanos - now, TimeUnit.NANOSECONDS);
            }
        }
    }
}
