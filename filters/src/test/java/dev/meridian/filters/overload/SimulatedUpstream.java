package dev.meridian.filters.overload;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * An upstream that works on so many requests at a time and has the others wait, with clients before it that ask at a
 * constant rate whatever comes of it. In numbers alone: a minute takes no time.
 *
 * <p>With {@link #randomly() chance} in it requests come and are done as they please (M/M/c); with {@link #hiccups} all work
 * stands still now and then, as it does while garbage is collected or the machine has something else to do.
 */
final class SimulatedUpstream {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final ConcurrencyLimit limit;
    private final Random random;
    private final PriorityQueue<Done> working = new PriorityQueue<>(Comparator.comparingLong((Done done) -> done.at));
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private long now = 1;
    private int slots;
    private double serviceMillis;
    private boolean failing;
    private boolean hanging;
    private boolean chance;
    private double hiccupEveryMillis;
    private int hiccupFrom;
    private int hiccupTo;
    private long nextHiccup = Long.MAX_VALUE;
    private long standsUntil;

    SimulatedUpstream(ConcurrencyLimit limit, int slots, double serviceMillis) {
        this(limit, slots, serviceMillis, 1);
    }

    SimulatedUpstream(ConcurrencyLimit limit, int slots, double serviceMillis, long seed) {
        this.random = new Random(seed);
        this.limit = limit;
        this.slots = slots;
        this.serviceMillis = serviceMillis;
    }

    void becomes(int otherSlots, double otherMillis) {
        slots = otherSlots;
        serviceMillis = otherMillis;
    }

    /** Both the time between two requests and the time that one takes are exponentially distributed. */
    SimulatedUpstream randomly() {
        chance = true;
        return this;
    }

    /** About so often nothing goes on for some time between these, in milliseconds. */
    SimulatedUpstream hiccups(int everyMillis, int from, int to) {
        hiccupEveryMillis = everyMillis;
        hiccupFrom = from;
        hiccupTo = to;
        nextHiccup = now + exponential(everyMillis * MILLI);
        return this;
    }

    /** Answers 503 at once. */
    void fails(boolean does) {
        failing = does;
    }

    /** Answers nothing: the gateway gives up after a second. */
    void hangs(boolean does) {
        hanging = does;
    }

    /** What came of the requests of some time. */
    record Outcome(int admitted, int shed, int answered, List<Double> millis) {

        Outcome and(Outcome other) {
            List<Double> both = new ArrayList<>(millis);
            both.addAll(other.millis);
            return new Outcome(admitted + other.admitted, shed + other.shed, answered + other.answered, both);
        }

        double shedShare() {
            return (double) shed / (admitted + shed);
        }

        double percentile(double percent) {
            List<Double> sorted = millis.stream().sorted().toList();
            return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * percent / 100));
        }
    }

    Outcome run(double perSecond, long millis) {
        long end = now + millis * MILLI;
        double gap = TimeUnit.SECONDS.toNanos(1) / perSecond;
        int admitted = 0;
        int shed = 0;
        List<Double> took = new ArrayList<>();
        int answered = 0;
        for (long next = now + gap(gap); next < end; next += gap(gap)) {
            answered += finishUntil(next, took);
            now = next;
            if (limit.tryAcquire(Priority.CRITICAL)) {
                admitted++;
                arrive(new Request(now));
            } else {
                shed++;
            }
        }
        answered += finishUntil(end, took);
        now = end;
        return new Outcome(admitted, shed, answered, took);
    }

    private long gap(double mean) {
        return chance ? exponential(mean) : (long) mean;
    }

    private long exponential(double mean) {
        return Math.max(1, (long) (-Math.log(1 - random.nextDouble()) * mean));
    }

    /** So many at the very same time; how many of them were let in. */
    int burst(int size) {
        int admitted = 0;
        for (int i = 0; i < size; i++) {
            if (limit.tryAcquire(Priority.CRITICAL)) {
                admitted++;
                arrive(new Request(now));
            }
        }
        return admitted;
    }

    private void arrive(Request request) {
        if (failing) {
            working.add(new Done(request, now + MILLI / 10, Done.How.FAILED));
        } else if (hanging) {
            working.add(new Done(request, now + 1_000 * MILLI, Done.How.TIMEOUT));
        } else if (busy() < slots) {
            start(request);
        } else {
            waiting.add(request);
        }
    }

    private long busy() {
        return working.stream().filter(done -> done.how == Done.How.ANSWERED).count();
    }

    private void start(Request request) {
        double nanos = serviceMillis * MILLI;
        long takes = chance ? exponential(nanos) : (long) (nanos * (0.9 + 0.2 * random.nextDouble()));
        working.add(new Done(request, Math.max(now, standsUntil) + takes, Done.How.ANSWERED));
    }

    private void standStill(long at) {
        long nanos = (hiccupFrom + random.nextInt(hiccupTo - hiccupFrom + 1)) * MILLI;
        standsUntil = at + nanos;
        List<Done> all = List.copyOf(working);
        working.clear();
        all.forEach(done -> working.add(new Done(done.request, done.at + nanos, done.how)));
        nextHiccup = standsUntil + exponential(hiccupEveryMillis * MILLI);
    }

    private int finishUntil(long time, List<Double> took) {
        int answered = 0;
        while (nextHiccup <= time) {
            answered += finishBefore(nextHiccup, took);
            standStill(nextHiccup);
        }
        return answered + finishBefore(time, took);
    }

    private int finishBefore(long time, List<Double> took) {
        int answered = 0;
        while (!working.isEmpty() && working.element().at <= time) {
            Done done = working.remove();
            now = done.at;
            if (done.how == Done.How.ANSWERED) {
                long nanos = now - done.request.start;
                limit.onAnswer(done.request.start, nanos, now);
                took.add(nanos / (double) MILLI);
                answered++;
                Request next = waiting.poll();
                if (next != null) {
                    start(next);
                }
            } else {
                limit.onDrop(now);
            }
            limit.release();
        }
        return answered;
    }

    private record Request(long start) {}

    private record Done(Request request, long at, How how) {

        enum How {
            ANSWERED,
            FAILED,
            TIMEOUT
        }
    }
}
