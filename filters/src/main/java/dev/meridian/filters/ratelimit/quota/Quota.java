package dev.meridian.filters.ratelimit.quota;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one key has taken of one or more rates: units are taken of all of them or of none. Thread-safe; times are
 * microseconds since the epoch.
 */
public final class Quota {

    /** Whether somebody else counts. */
    private final boolean seen;

    private Counter[] counters;
    private Algorithm algorithm;
    private List<Rate> rates;

    private Quota(Algorithm algorithm, List<Rate> rates, boolean seen) {
        this.seen = seen;
        this.algorithm = algorithm;
        this.rates = rates;
        this.counters = fresh();
    }

    private Counter[] fresh() {
        return rates.stream().map(rate -> counter(algorithm, rate)).toArray(Counter[]::new);
    }

    private Counter counter(Algorithm of, Rate rate) {
        return seen ? of.seen(rate) : of.counter(rate);
    }

    /** One of which nothing has been taken. */
    public static Quota of(Algorithm algorithm, List<Rate> rates) {
        return new Quota(algorithm, rates, false);
    }

    /** A copy of what somebody else counts, to be {@link #load loaded}. */
    public static Quota seen(Algorithm algorithm, List<Rate> rates) {
        return new Quota(algorithm, rates, true);
    }

    /**
     * Takes units.
     *
     * @param least with fewer it is refused; 1 or more
     * @param most as many as there is room for, up to this
     */
    public synchronized Grant take(long now, int least, int most) {
        long room = most;
        for (Counter counter : counters) {
            room = Math.min(room, counter.room(now));
        }
        int granted = room >= least ? (int) room : 0;
        if (granted > 0) {
            for (Counter counter : counters) {
                counter.take(now, granted);
            }
        }
        return standing(now, granted, least);
    }

    /** Takes units whether there is room or not. */
    public synchronized void force(long now, int units) {
        for (Counter counter : counters) {
            counter.take(now, units);
        }
    }

    /**
     * How it stands, without taking.
     *
     * @param granted what the answer is to say
     * @param units what would be wanted
     */
    public synchronized Grant standing(long now, int granted, int units) {
        int tightest = 0;
        long wait = granted > 0 ? 0 : counters[0].waitFor(now, units);
        double least = left(counters[0], now);
        for (int i = 1; i < counters.length; i++) {
            long each = granted > 0 ? 0 : counters[i].waitFor(now, units);
            double left = left(counters[i], now);
            if (each > wait || each == wait && left < least) {
                tightest = i;
                wait = each;
                least = left;
            }
        }
        Counter counter = counters[tightest];
        return new Grant(granted, now, tightest, counter.room(now), counter.reset(now), wait);
    }

    /** How it stands with each rate, without taking; {@code units} are what would be wanted. */
    public synchronized List<Standing> standings(long now, int units) {
        List<Standing> standings = new ArrayList<>(counters.length);
        for (Counter counter : counters) {
            standings.add(new Standing(
                    counter.used(now), counter.room(now), counter.reset(now), counter.waitFor(now, units)));
        }
        return standings;
    }

    private double left(Counter counter, long now) {
        return (double) counter.room(now) / Math.max(1, counter.rate.most(algorithm));
    }

    /** Undoes a grant, as far as it still counts. */
    public synchronized void giveBack(long now, long at, int units) {
        for (Counter counter : counters) {
            counter.giveBack(now, at, units);
        }
    }

    /** What counts at present, for each rate. */
    public synchronized double[] used(long now) {
        double[] used = new double[counters.length];
        for (int i = 0; i < used.length; i++) {
            used[i] = counters[i].used(now);
        }
        return used;
    }

    /** Counts so much of each rate as if it had been taken now, at most what the rate allows. */
    public synchronized void carry(long now, double[] used) {
        for (int i = 0; i < used.length; i++) {
            counters[i].carry(now, used[i]);
        }
    }

    /** Takes over what somebody else has counted of one rate, in three figures whose meaning depends on the algorithm. */
    public synchronized void load(int rate, long a, long b, long c) {
        counters[rate].load(a, b, c);
    }

    /** Nothing has been taken any more. */
    public synchronized void reset() {
        counters = fresh();
    }

    /**
     * Goes by other rates from now on. What has been taken stays taken: of a window that was not there before, as much as
     * the next longer one knows for its length, else all that the longest one knows.
     */
    public synchronized void change(long now, Algorithm nextAlgorithm, List<Rate> nextRates) {
        if (nextAlgorithm == algorithm && nextRates.equals(rates)) {
            return;
        }
        List<Counter> next = new ArrayList<>(nextRates.size());
        for (Rate rate : nextRates) {
            Counter counter = counter(nextAlgorithm, rate);
            Counter same = nextAlgorithm == algorithm ? ofWindow(rate.windowMicros()) : null;
            if (same != null) {
                same.used(now); // by what held until now
                counter.takeOver(same);
            } else {
                counter.carry(now, known(now, rate.windowMicros()));
            }
            next.add(counter);
        }
        algorithm = nextAlgorithm;
        rates = nextRates;
        counters = next.toArray(Counter[]::new);
    }

    private @Nullable Counter ofWindow(long window) {
        for (Counter counter : counters) {
            if (counter.rate.windowMicros() == window) {
                return counter;
            }
        }
        return null;
    }

    private double known(long now, long window) {
        Counter best = counters[0];
        for (Counter counter : counters) {
            long length = counter.rate.windowMicros();
            long found = best.rate.windowMicros();
            if (found < window ? length > found : length >= window && length < found) {
                best = counter;
            }
        }
        double share = Math.min(1, (double) window / best.rate.windowMicros());
        return best.used(now) * share;
    }
}
