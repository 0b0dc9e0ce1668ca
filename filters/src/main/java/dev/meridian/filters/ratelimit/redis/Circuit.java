package dev.meridian.filters.ratelimit.redis;

import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Whether one Redis is asked. One failure is enough: from then on nobody waits for it, while it is probed at once and then
 * again and again, and nothing is lost by a false alarm but the time of one probe. It is asked again when a probe has
 * succeeded and what was counted meanwhile has been told. Thread-safe.
 */
public final class Circuit {

    private final String name;
    private State state = State.CLOSED;
    private volatile boolean closed = true;
    private volatile String problem = "";
    private boolean confirmed;
    private final InstantSource clock;
    private volatile @Nullable Instant since;

    Circuit(String name) {
        this(name, InstantSource.system());
    }

    Circuit(String name, InstantSource clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Which Redis it is about. */
    public String name() {
        return name;
    }

    /** Whether it is asked. */
    public boolean isClosed() {
        return closed;
    }

    /** What was the matter when it was last found wanting; empty where nothing ever was. */
    public String problem() {
        return problem;
    }

    /** When it was last found wanting or has last come back; {@code null} where it has always answered. */
    public @Nullable Instant since() {
        return since;
    }

    /** @return whether that is news, and somebody must begin to probe */
    synchronized boolean onFailure(String what) {
        problem = what;
        boolean news = state == State.CLOSED;
        if (news) {
            since = clock.instant();
        }
        state = State.OPEN;
        closed = false;
        return news;
    }

    /** A probe has failed too. @return whether that is news, and not known since an earlier one */
    synchronized boolean onProbeFailed(String what) {
        onFailure(what);
        boolean news = !confirmed;
        confirmed = true;
        return news;
    }

    /** A probe has succeeded. @return whether somebody must now tell what was counted meanwhile */
    synchronized boolean onProbed() {
        if (state != State.OPEN) {
            return false;
        }
        state = State.RECOVERING;
        return true;
    }

    /** All is told. @return whether it is asked again, which it is not if it has failed meanwhile */
    synchronized boolean onRecovered() {
        if (state != State.RECOVERING) {
            return false;
        }
        state = State.CLOSED;
        since = clock.instant();
        closed = true;
        return true;
    }

    /** @return whether it was really away, and no probe ended a false alarm at once */
    synchronized boolean wasConfirmed() {
        boolean was = confirmed;
        confirmed = false;
        return was;
    }

    private enum State {
        CLOSED,
        OPEN,
        RECOVERING
    }
}
