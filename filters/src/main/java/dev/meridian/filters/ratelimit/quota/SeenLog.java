package dev.meridian.filters.ratelimit.quota;

/** What somebody else said of a log that he keeps. */
final class SeenLog extends Counter {

    private long count;
    private long freeAt;
    private long emptyAt;

    SeenLog(Rate rate) {
        super(rate);
    }

    @Override
    double used(long now) {
        return now >= emptyAt ? 0 : count;
    }

    @Override
    long room(long now) {
        return now >= freeAt ? Math.max(0, rate.limit() - (long) used(now)) : 0;
    }

    @Override
    void take(long now, int units) {
        count = (long) used(now) + units;
        emptyAt = Math.max(emptyAt, now + rate.windowMicros());
    }

    @Override
    void giveBack(long now, long at, int units) {
        count = Math.max(0, count - units);
    }

    @Override
    long waitFor(long now, int units) {
        if (units > rate.limit()) {
            return NEVER;
        }
        if (room(now) >= units) {
            return 0;
        }
        return freeAt > now ? freeAt - now : reset(now);
    }

    @Override
    long reset(long now) {
        return Math.max(0, emptyAt - now);
    }

    @Override
    void carry(long now, double used) {
        take(now, (int) Math.ceil(Math.min(used, rate.limit())));
    }

    @Override
    void takeOver(Counter before) {
        SeenLog same = (SeenLog) before;
        load(same.count, same.freeAt, same.emptyAt);
    }

    /** @param a how many, {@code b} when there will be room for what was refused, {@code c} when the last one is forgotten */
    @Override
    void load(long a, long b, long c) {
        count = a;
        freeAt = b;
        emptyAt = c;
    }
}
