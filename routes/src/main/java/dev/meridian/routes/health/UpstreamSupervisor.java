package dev.meridian.routes.health;

import dev.meridian.routes.breaker.BreakerChange;
import dev.meridian.routes.breaker.BreakerState;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Upstream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The one thread that looks after upstreams: it starts checks, judges endpoints and has regions' shares worked out anew,
 * so that requests find all of it done. It looks every tenth of a second, and at once when a request finds cause.
 */
public final class UpstreamSupervisor implements SmartLifecycle, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UpstreamSupervisor.class);
    /** Stopped before Spring's event loops (phase 0), which do not end while checks keep them busy. */
    private static final int PHASE = 1;

    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();
    /** How often shares are worked out that change with time alone: while something returns, or by latency. */
    private static final int LOOKS_PER_REFRESH = 5;

    private final Supplier<Collection<Upstream>> upstreams;
    private final LiveStates states;
    private final Listeners listeners;
    private final HealthChecker checker;
    private final HealthJudge judge;
    private final LongSupplier ticker;
    /** What other threads want done: a queue without locks, since most of them are event loops. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final Thread thread;
    private final AtomicBoolean called = new AtomicBoolean();
    private volatile boolean running;
    private int looks;
    /** Those that the last look has seen; of the others nobody knows what has changed since they were made. */
    private Set<Upstream> seen = Set.of();

    UpstreamSupervisor(
            Supplier<Collection<Upstream>> upstreams,
            LiveStates states,
            Prober prober,
            java.util.random.RandomGenerator random,
            List<HealthListener> listeners,
            LongSupplier ticker) {
        this.upstreams = upstreams;
        this.states = states;
        this.ticker = ticker;
        this.listeners = new Listeners(listeners);
        this.judge = new HealthJudge(this.listeners);
        this.checker = new HealthChecker(prober, random, this::onProbe);
        this.thread = new Thread(this::work, "meridian-upstreams");
        this.thread.setDaemon(true);
    }

    /** Begins, with a first check of all endpoints. */
    @Override
    public synchronized void start() {
        if (!running && thread.getState() == Thread.State.NEW) {
            running = true;
            thread.start();
        }
    }

    private void work() {
        long next = System.nanoTime();
        while (running) {
            Runnable task = tasks.poll();
            long now = System.nanoTime();
            if (task != null) {
                guarded(task);
            } else if (now - next >= 0) {
                guarded(this::look);
                next = now + LOOK_NANOS;
            } else {
                LockSupport.parkNanos(this, next - now);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public void stop() {
        close();
    }

    /** Something has happened that should not wait for the next look. From any thread; returns at once. */
    public void call() {
        if (called.compareAndSet(false, true)) {
            run(() -> {
                called.set(false);
                judge(false);
            });
        }
    }

    /**
     * As {@link #call()}, for whoever has changed what regions and endpoints should do and wants to see what comes of it.
     *
     * @return completed on the thread that judges, which must not be kept
     */
    public CompletionStage<Void> settle() {
        return CompletableFuture.runAsync(() -> judge(true), this::run);
    }

    /** A circuit breaker has changed its state: others are to take over, or to give back. From any thread. */
    public void onBreaker(BreakerChange change) {
        run(() -> listeners.onBreaker(change));
        call();
    }

    private void onProbe(Upstream upstream, LiveEndpoint endpoint, Probe probe) {
        run(() -> {
            boolean changed = judge.onProbe(upstream, endpoint, probe, ticker.getAsLong());
            // One that has been replaced is not judged any more: its successor will be.
            if (changed && seen.contains(upstream)) {
                judge(upstream, false);
            }
        });
    }

    private void look() {
        Collection<Upstream> all = upstreams.get();
        checker.startDue(all, ticker.getAsLong());
        judge(false);
        looks++;
    }

    private void judge(boolean refresh) {
        boolean due = looks % LOOKS_PER_REFRESH == 0;
        Set<Upstream> all = Set.copyOf(upstreams.get());
        for (Upstream upstream : all) {
            boolean refreshed = refresh || !seen.contains(upstream) || due && changesWithTime(upstream);
            guarded(() -> judge(upstream, refreshed));
            if (due) {
                states.used(upstream, ticker.getAsLong());
            }
        }
        seen = all;
    }

    private void judge(Upstream upstream, boolean refresh) {
        long now = ticker.getAsLong();
        if (judge.judge(upstream, now) || refresh) {
            upstream.selector().refresh(now);
        }
    }

    private boolean changesWithTime(Upstream upstream) {
        return upstream.settings().selection().regionSelection() != RegionSelection.WEIGHTED
                || upstream.regions().stream()
                        .anyMatch(region -> region.state().returning()
                                || region.endpoints().stream()
                                        .anyMatch(endpoint -> endpoint.state().returning()));
    }

    private void run(Runnable task) {
        tasks.add(task);
        LockSupport.unpark(thread);
    }

    /** What goes wrong with one upstream must not keep the others, nor the next look, from being looked after. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("Upstreams could not be looked after", e);
        }
    }

    @Override
    public void close() {
        running = false;
        LockSupport.unpark(thread);
    }

    /** Tells everyone, and the log. */
    private record Listeners(List<HealthListener> all) implements HealthListener {

        @Override
        public void onAvailability(
                Upstream upstream, LiveEndpoint endpoint, Availability before, Availability now, String reason) {
            if (now == Availability.AVAILABLE) {
                log.info("{}: {} is available again (was {})", upstream.name(), endpoint, before.words());
            } else if (before != Availability.AVAILABLE) {
                log.info("{}: {} is still out, {}", upstream.name(), endpoint, now.words());
            } else {
                log.warn("{}: {} is out, {}: {}", upstream.name(), endpoint, now.words(), reason);
            }
            all.forEach(each -> each.onAvailability(upstream, endpoint, before, now, reason));
        }

        @Override
        public void onEjection(Upstream upstream, LiveEndpoint endpoint, String reason) {
            all.forEach(each -> each.onEjection(upstream, endpoint, reason));
        }

        @Override
        public void onBreaker(BreakerChange change) {
            String what = change.what().isEmpty() ? "" : " of " + change.what();
            String became = change.now().words();
            if (change.now() == BreakerState.OPEN || change.now() == BreakerState.FORCED_OPEN) {
                log.warn("{}: the circuit breaker{} is {}: {}", change.upstream(), what, became, change.reason());
            } else {
                log.info(
                        "{}: the circuit breaker{} is {} (was {}): {}",
                        change.upstream(),
                        what,
                        became,
                        change.before().words(),
                        change.reason());
            }
            all.forEach(each -> each.onBreaker(change));
        }

        @Override
        public void onCheck(Upstream upstream, LiveEndpoint endpoint, boolean passed) {
            all.forEach(each -> each.onCheck(upstream, endpoint, passed));
        }
    }
}
