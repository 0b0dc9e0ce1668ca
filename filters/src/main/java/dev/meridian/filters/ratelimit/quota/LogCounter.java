package dev.meridian.filters.ratelimit.quota;

/** The time of each unit that was taken, in a ring that grows up to the limit. */
final class LogCounter extends Counter {

    private static final int FIRST = 8;

    private long[] times = new long[FIRST];
    private int head;
    private int size;

    LogCounter(Rate rate) {
        super(rate);
    }

    private long at(int i) {
        return times[(head + i) % times.length];
    }

    private void evict(long now) {
        long end = now - rate.windowMicros();
        while (size > 0 && at(0) <= end) {
            head = (head + 1) % times.length;
            size--;
        }
    }

    private void add(long at) {
        if (size == times.length) {
            long[] larger = new long[Math.max(size * 2, FIRST)];
            for (int i = 0; i < size; i++) {
                larger[i] = at(i);
            }
            times = larger;
            head = 0;
        }
        times[(head + size) % times.length] = at;
        size++;
    }

    /** In the order of time, also where clocks of threads cross. */
    private long ordered(long now) {
        return size == 0 ? now : Math.max(now, at(size - 1));
    }

    @Override
    double used(long now) {
        evict(now);
        return size;
    }

    @Override
    long room(long now) {
        evict(now);
        return Math.max(0, rate.limit() - size);
    }

    @Override
    void take(long now, int units) {
        evict(now);
        long at = ordered(now);
        for (int i = 0; i < units; i++) {
            add(at);
        }
    }

    @Override
    void giveBack(long now, long at, int units) {
        evict(now);
        // One that came from a clock behind the others' stands with the next one.
        int from = size;
        while (from > 0 && at(from - 1) >= at) {
            from--;
        }
        int removed = at <= now - rate.windowMicros() ? 0 : Math.min(units, size - from);
        for (int i = from; i + removed < size; i++) {
            times[(head + i) % times.length] = at(i + removed);
        }
        size -= removed;
    }

    @Override
    long waitFor(long now, int units) {
        if (units > rate.limit()) {
            return NEVER;
        }
        evict(now);
        long tooMany = size + units - rate.limit();
        return tooMany <= 0 ? 0 : at((int) tooMany - 1) + rate.windowMicros() - now;
    }

    @Override
    long reset(long now) {
        evict(now);
        return size == 0 ? 0 : at(size - 1) + rate.windowMicros() - now;
    }

    @Override
    void carry(long now, double used) {
        take(now, (int) Math.ceil(Math.min(used, rate.limit())));
    }

    @Override
    void takeOver(Counter before) {
        LogCounter same = (LogCounter) before;
        times = same.times;
        head = same.head;
        size = same.size;
    }

    @Override
    void load(long a, long b, long c) {
        throw new UnsupportedOperationException("nobody tells all times");
    }
}
