package dev.meridian.routes.source;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Takes over a configuration that has changed without being asked: looks at files each second, or at everything now and
 * then. Where the gateway had to start from the last good configuration, it tries to read the right one until it can. On a
 * thread of its own; thread-safe.
 */
final class ConfigPoller implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ConfigPoller.class);
    private static final Duration WATCH = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofMillis(500);
    private static final Duration CATCH_UP = Duration.ofSeconds(30);
    private static final double JITTER = 0.1;

    private final Refreshing refreshing;
    private final SourceProbe files;
    private final SourceProbe server;
    private final boolean watch;
    private final Duration poll;
    private final DoubleSupplier random;
    private final Supplier<ScheduledExecutorService> threads;
    private final ChangeGate fileGate = new ChangeGate();
    private final ChangeGate serverGate = new ChangeGate();
    /** What has changed could not be read: it is to be tried again, whether or not it changes once more. */
    private boolean unread;

    private @Nullable ScheduledExecutorService thread;

    /**
     * @param random from 0 to 1: gateways that were started together must not ask together
     * @param threads makes what it runs on, one task after the other
     */
    ConfigPoller(
            Refreshing refreshing,
            SourceProbe files,
            SourceProbe server,
            boolean watch,
            Duration poll,
            DoubleSupplier random,
            Supplier<ScheduledExecutorService> threads) {
        this.refreshing = refreshing;
        this.files = files;
        this.server = server;
        this.watch = watch;
        this.poll = poll;
        this.random = random;
        this.threads = threads;
    }

    /** A thread that keeps no process alive. */
    static ScheduledExecutorService thread() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "meridian-config");
            made.setDaemon(true);
            return made;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    @Override
    public synchronized void start() {
        boolean polls = !poll.isZero();
        boolean behind = refreshing.isBehind();
        if (thread != null || !polls && !watch && !behind) {
            return;
        }
        thread = threads.get();
        if (watch) {
            schedule(this::watch, WATCH);
        }
        if (polls || behind) {
            schedule(this::poll, jittered());
        }
    }

    private Duration jittered() {
        Duration interval = poll.isZero() ? CATCH_UP : poll;
        double share = 1 - JITTER + 2 * JITTER * random.getAsDouble();
        return Duration.ofNanos((long) (interval.toNanos() * share));
    }

    private synchronized void schedule(Runnable task, Duration delay) {
        if (thread != null && !thread.isShutdown()) {
            thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Whatever goes wrong, it looks again. */
    private void watch() {
        Duration next = WATCH;
        try {
            ChangeGate.Verdict verdict = fileGate.look(files.look());
            if (verdict == ChangeGate.Verdict.CHANGED) {
                // Good or not: what is wrong with it stays wrong until it changes again.
                fileGate.done();
                unread = !refreshing.refresh("watch");
            } else if (verdict == ChangeGate.Verdict.CHANGING) {
                next = SETTLE;
            }
        } catch (IOException e) {
            log.debug("Configuration files cannot be looked at", e);
        } catch (RuntimeException e) {
            log.warn("Looking for changes of the configuration failed", e);
        } finally {
            schedule(this::watch, next);
        }
    }

    private void poll() {
        Duration next = jittered();
        try {
            ChangeGate.Verdict verdict = look();
            if (verdict == ChangeGate.Verdict.CHANGING) {
                next = SETTLE;
            } else if (verdict == ChangeGate.Verdict.CHANGED || unread || refreshing.isBehind()) {
                unread = !refreshing.refresh("poll");
                if (!unread) {
                    serverGate.done();
                    if (!watch) {
                        fileGate.done();
                    }
                }
            }
        } catch (RuntimeException e) {
            log.warn("Looking for changes of the configuration failed", e);
        } finally {
            if (!poll.isZero() || refreshing.isBehind()) {
                schedule(this::poll, next);
            }
        }
    }

    private ChangeGate.Verdict look() {
        try {
            return worst(serverGate.look(server.look()), watch ? ChangeGate.Verdict.SAME : fileGate.look(files.look()));
        } catch (IOException e) {
            log.debug("The configuration cannot be looked at", e);
            return ChangeGate.Verdict.CHANGED; // Reading tells what is wrong, to whoever looks.
        }
    }

    private static ChangeGate.Verdict worst(ChangeGate.Verdict one, ChangeGate.Verdict other) {
        if (one == ChangeGate.Verdict.CHANGING || other == ChangeGate.Verdict.CHANGING) {
            return ChangeGate.Verdict.CHANGING;
        }
        return one == ChangeGate.Verdict.CHANGED ? one : other;
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.shutdownNow();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }
}
