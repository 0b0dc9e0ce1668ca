package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.filters.ratelimit.quota.Quota;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.filters.ratelimit.quota.Standing;
import dev.meridian.filters.ratelimit.redis.Fleet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this gateway knows of a key that is counted in Redis: what Redis said of it last, what it holds of it, and what it has
 * let pass while Redis could not be asked. Times are microseconds by Redis' clock. Thread-safe.
 */
final class SharedKey {

    /** A refusal is not believed for longer: somebody may have reset the key. */
    private static final long MAX_REFUSAL = 10_000_000;

    private static final int MIN_AHEAD = 1;

    private volatile byte[] name;
    private volatile Limits limits;
    private Quota seen;
    private boolean told;

    private long refusedUntil;
    private int refusedUnits = Integer.MAX_VALUE;
    private long refusedWait;

    private int held;
    private long heldSince;
    private long heldUntil;
    private int spent;
    private int fetch = MIN_AHEAD;
    private boolean fetching;

    /** This gateway's part, while Redis cannot be asked; {@code null} while it can. */
    private @Nullable Quota part;

    /** Whether the policy has changed since the part was made. */
    private boolean partChanges;

    /** What Redis is to be told of; {@code null} for nothing. */
    private @Nullable Quota untold;

    /** @param name in Redis */
    SharedKey(byte[] name, Limits limits) {
        this.name = name;
        this.limits = limits;
        this.seen = Quota.seen(limits.algorithm(), limits.rates());
    }

    byte[] name() {
        return name;
    }

    Limits limits() {
        return limits;
    }

    /** The policy has changed. What has passed without Redis has passed all the same. @param nextName in Redis */
    synchronized void change(long now, byte[] nextName, Limits next) {
        if (!limits.countLike(next)) {
            seen = Quota.seen(next.algorithm(), next.rates());
            told = false;
            refusedUntil = 0;
            held = 0;
            partChanges = part != null;
            Quota owed = untold;
            if (owed != null) {
                owed.change(now, next.algorithm(), next.rates());
            }
        }
        name = nextName;
        limits = next;
    }

    /** The refusal that holds still, {@code null} where there is none. */
    synchronized @Nullable Grant refusal(long now, int units) {
        if (now >= refusedUntil || units < refusedUnits) {
            return null;
        }
        Grant standing = seen.standing(now, 0, units);
        // What can never be had is to be said as such.
        long wait = refusedWait == Long.MAX_VALUE ? refusedWait : Math.max(1, refusedWait - (now - refusedSince()));
        return new Grant(0, now, standing.rate(), 0, standing.resetMicros(), wait);
    }

    private long refusedSince() {
        return refusedUntil - Math.min(refusedWait, MAX_REFUSAL);
    }

    /** Redis has answered. @param figures three for each rate */
    synchronized Grant onReply(int granted, long at, long now, int units, long[] figures, int from) {
        load(figures, from);
        Grant standing = seen.standing(now, granted, units);
        if (granted > 0) {
            refusedUntil = 0;
            return new Grant(
                    granted, at, standing.rate(), standing.remaining(), standing.resetMicros(), standing.waitMicros());
        }
        // The clocks differ by a part of a round trip: it was refused, so there is something to wait for.
        long wait = Math.max(1000, standing.waitMicros());
        refusedWait = wait;
        refusedUnits = units;
        refusedUntil = now + Math.min(wait, MAX_REFUSAL);
        return new Grant(0, at, standing.rate(), standing.remaining(), standing.resetMicros(), wait);
    }

    /** How it stands by what Redis has said, whatever was wanted. */
    synchronized Grant standing(long now, int units, long[] figures, int from) {
        load(figures, from);
        return seen.standing(now, 0, units);
    }

    /** The same of each rate. */
    synchronized List<Standing> standings(long now, int units, long[] figures, int from) {
        load(figures, from);
        return seen.standings(now, units);
    }

    private void load(long[] figures, int from) {
        for (int i = 0; i < limits.rates().size() && from + 3 * i + 2 < figures.length; i++) {
            seen.load(i, figures[from + 3 * i], figures[from + 3 * i + 1], figures[from + 3 * i + 2]);
        }
        told = true;
    }

    /** As it was told last. */
    synchronized double[] used(long now) {
        Quota own = part;
        return own == null ? seen.used(now) : own.used(now);
    }

    /** Somebody has reset the key, or Redis has told all anew. */
    synchronized void forget() {
        seen = Quota.seen(limits.algorithm(), limits.rates());
        told = false;
        refusedUntil = 0;
        held = 0;
        part = null;
        untold = null;
    }

    // What is held of it: units that Redis has granted ahead.

    /** Takes of what is held; {@code null} where that is not enough, or too old. */
    synchronized @Nullable Grant spend(long now, int units) {
        if (held < units || now >= heldUntil) {
            return null;
        }
        held -= units;
        spent += units;
        Grant standing = seen.standing(now, units, units);
        return new Grant(units, heldSince, standing.rate(), standing.remaining() + held, standing.resetMicros(), 0);
    }

    /** Puts back what a request did not need after all. @return whether it could be put back */
    synchronized boolean unspend(long now, Grant grant) {
        if (grant.at() != heldSince || now >= heldUntil) {
            return false;
        }
        held += grant.granted();
        spent -= grant.granted();
        return true;
    }

    /**
     * What to ask Redis for where so many are needed now: more than that, unless somebody else is fetching. It is doubled
     * each time that all of it has been spent before its time.
     *
     * @param most that one gateway may hold
     */
    synchronized Renewal ask(long now, int units, int most) {
        boolean over = now >= heldUntil;
        int back = over ? held : 0;
        long at = heldSince;
        if (over) {
            held = 0;
        }
        if (fetching) {
            return new Renewal(back, at, units);
        }
        fetching = true;
        fetch = Math.min(most, Math.max(MIN_AHEAD, over ? fetch : 2 * fetch));
        return new Renewal(back, at, units + fetch);
    }

    /**
     * Redis has granted more than was needed.
     *
     * @param until the grant is good for
     * @return what was held before, where it must be given back as of another time; else {@code null}
     */
    synchronized @Nullable Renewal hold(long now, int units, long at, long until) {
        fetching = false;
        if (units == 0) {
            return null;
        }
        boolean over = now >= heldUntil;
        Renewal former = held > 0 && (over || !countsLike(at)) ? new Renewal(held, heldSince, 0) : null;
        if (former != null) {
            held = 0;
        }
        heldUntil = held > 0 ? Math.min(heldUntil, until) : until;
        heldSince = at;
        held += units;
        refusedUntil = 0;
        return former;
    }

    /** Whether what was granted then is given back in the same way as what is held. */
    private boolean countsLike(long at) {
        return switch (limits.algorithm()) {
            case TOKEN_BUCKET -> true;
            case SLIDING_LOG -> at == heldSince;
            case SLIDING_WINDOW, FIXED_WINDOW ->
                limits.rates().stream().allMatch(rate -> at / rate.windowMicros() == heldSince / rate.windowMicros());
        };
    }

    synchronized void fetched() {
        fetching = false;
    }

    /** What is held of no use any more, to be given back; and how much to ask for, by what has been spent since. */
    synchronized Renewal renew(int most) {
        int back = held;
        long at = heldSince;
        int wanted = Math.max(0, Math.min(most, spent + spent / 4));
        held = 0;
        heldUntil = 0;
        fetch = wanted;
        fetching = wanted > 0;
        spent = 0;
        return new Renewal(back, at, wanted);
    }

    // While Redis cannot be asked.

    /** Takes of this gateway's part of the limit. */
    synchronized Grant takeOfPart(long now, int units, Fleet fleet) {
        Quota own = part;
        if (own == null) {
            own = Quota.of(limits.algorithm(), parts(fleet));
            if (told) {
                double[] used = seen.used(now);
                for (int i = 0; i < used.length; i++) {
                    used[i] /= fleet.size();
                }
                own.carry(now, used);
            }
            part = own;
        } else if (partChanges) {
            own.change(now, limits.algorithm(), parts(fleet));
        }
        partChanges = false;
        Grant grant = own.take(now, units, units);
        if (grant.admitted()) {
            Quota owed = untold;
            if (owed == null) {
                owed = Quota.of(limits.algorithm(), limits.rates());
                untold = owed;
            }
            owed.force(now, units);
        }
        return grant;
    }

    /** The odd units go to another gateway for each key. */
    private List<Rate> parts(Fleet fleet) {
        int size = fleet.size();
        int rank = Math.floorMod(fleet.rank() + Arrays.hashCode(name), size);
        List<Rate> parts = new ArrayList<>(limits.rates().size());
        for (Rate rate : limits.rates()) {
            parts.add(rate.share(size, rank));
        }
        return parts;
    }

    /** Gives back what was taken of the part. */
    synchronized void giveBackPart(long now, Grant grant) {
        Quota own = part;
        if (own != null) {
            own.giveBack(now, grant.at(), grant.granted());
        }
        Quota owed = untold;
        if (owed != null) {
            owed.giveBack(now, grant.at(), grant.granted());
        }
    }

    /** Whether Redis must be told of what has passed without it. */
    synchronized boolean owes() {
        return untold != null;
    }

    /** What Redis is to be told of, {@code null} for nothing; from now on nothing is owed. */
    synchronized @Nullable Debt settle(long now) {
        Quota owed = untold;
        untold = null;
        return owed == null
                ? null
                : new Debt(told ? seen.used(now) : new double[limits.rates().size()], owed.used(now));
    }

    /** Redis is asked again: what is counted here is so no more. */
    synchronized @Nullable Debt rejoin(long now) {
        part = null;
        return settle(now);
    }

    /** It could not be told after all. */
    synchronized void owe(long now, @Nullable Debt debt) {
        if (debt != null && debt.extra().length == limits.rates().size()) {
            Quota owed = untold == null ? Quota.of(limits.algorithm(), limits.rates()) : untold;
            owed.carry(now, debt.extra());
            untold = owed;
        }
    }

    /**
     * How a gateway goes on at the end of an interval.
     *
     * @param back units that it held and did not need
     * @param at when they were granted
     * @param wanted units to ask for
     */
    record Renewal(int back, long at, int wanted) {}

    /**
     * What Redis does not know, for each rate.
     *
     * @param floor what it knew at the least before
     * @param extra what has passed since
     */
    record Debt(double[] floor, double[] extra) {}
}
