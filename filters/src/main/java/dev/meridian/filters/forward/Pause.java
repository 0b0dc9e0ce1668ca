package dev.meridian.filters.forward;

import dev.meridian.filters.problem.GatewayException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Between two calls of a request: what becomes of it if no other is made, either an answer or a failure. */
final class Pause {

    private final @Nullable UpstreamResponse response;
    private final @Nullable GatewayException failure;
    private @Nullable ScheduledFuture<?> timer;
    private boolean returning;

    private Pause(@Nullable UpstreamResponse response, @Nullable GatewayException failure) {
        this.response = response;
        this.failure = failure;
    }

    static Pause after(UpstreamResponse response) {
        return new Pause(response, null);
    }

    static Pause after(GatewayException failure) {
        return new Pause(null, failure);
    }

    @Nullable
    UpstreamResponse response() {
        return response;
    }

    @Nullable
    GatewayException failure() {
        return failure;
    }

    /** Whether it goes back to an endpoint that has failed it. */
    boolean isReturning() {
        return returning;
    }

    void returns() {
        returning = true;
    }

    /** For the trace: what was wrong. */
    String reason() {
        GatewayException failed = failure;
        UpstreamResponse unwanted = response;
        return failed != null
                ? failed.failure().proxyError()
                : "received-status=" + (unwanted == null ? 0 : unwanted.status());
    }

    /** Nobody wants the answer any more. */
    void dispose() {
        UpstreamResponse unwanted = response;
        if (unwanted != null) {
            unwanted.body().dispose();
        }
    }

    void begin(EventLoop loop, long nanos, Runnable next) {
        timer = loop.schedule(next, nanos, TimeUnit.NANOSECONDS);
    }

    void stop() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }
}
