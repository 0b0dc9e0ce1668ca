package dev.meridian.gateway.shutdown;

import dev.meridian.filters.guard.ClientConnections;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The first part of a shutdown. Spring has said by then that the application is not ready; this keeps it serving for the
 * grace period, with every answer telling its client to leave, and only then lets the server stop to accept. What is still
 * under way when the drain time is over is cut off.
 */
final class DrainLifecycle implements SmartLifecycle {

    /*
     * Phases are stopped from the highest down. The management server and the graceful shutdown of the web server stand at
     * Integer.MAX_VALUE - 512 and below: this has to come before both, so that probes see the gateway as not ready.
     */
    private static final int PHASE = Integer.MAX_VALUE - 128;

    private static final Logger log = LoggerFactory.getLogger(DrainLifecycle.class);

    private final ClientConnections connections;
    private final Duration grace;
    private final Duration drain;
    private volatile boolean running;

    DrainLifecycle(ClientConnections connections, Duration grace, Duration drain) {
        this.connections = connections;
        this.grace = grace;
        this.drain = drain;
    }

    @Override
    public void start() {
        running = true;
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
    public void stop() {
        running = false;
    }

    @Override
    public void stop(Runnable callback) {
        running = false;
        log.info(
                "Leaving: {} connections; serving for {} more, then draining for {} at most",
                connections.count(),
                grace,
                drain);
        connections.drain();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "meridian-drain");
            thread.setDaemon(true);
            return thread;
        });
        timer.schedule(callback, grace.toMillis(), TimeUnit.MILLISECONDS);
        timer.schedule(this::cutOff, grace.plus(drain).toMillis(), TimeUnit.MILLISECONDS);
        timer.shutdown(); // what is scheduled still runs
    }

    private void cutOff() {
        int left = connections.count();
        if (left > 0) {
            log.warn("{} connections were still in use after {} and are cut off", left, drain);
            connections.closeAll();
        }
    }
}
