package dev.meridian.e2e;

import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Closes a backend's connections that no request came on for a while, as servers do: without a word. Thread-safe. */
final class IdleTimeout implements AutoCloseable {

    private final Duration after;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "idle-timeout");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<Long, Future<?>> closes = new ConcurrentHashMap<>();

    IdleTimeout(Duration after) {
        this.after = after;
    }

    /** The behaviour, and the wait for the next request on the connection. */
    Behaviour closingIdle(Behaviour then) {
        return (request, out) -> {
            Future<?> planned = closes.remove(request.connection());
            if (planned != null) {
                planned.cancel(false);
            }
            then.handle(request, out);
            out.flush();
            closes.put(request.connection(), timer.schedule(() -> close(out), after.toNanos(), TimeUnit.NANOSECONDS));
        };
    }

    private static void close(Exchange out) {
        try {
            out.close();
        } catch (IOException e) {
            // Closed already.
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
