package dev.meridian.filters.forward;

import dev.meridian.routes.upstream.UpstreamSettings;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the connections to one upstream share over all its endpoints and all event loops: the limits, and the turn to open
 * the next connection when one is closed. Thread-safe.
 */
final class UpstreamPool {

    private final String name;
    private volatile UpstreamSettings settings;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger idle = new AtomicInteger();
    private final List<HostPool> members = new CopyOnWriteArrayList<>();
    /** Members with calls that wait although nothing is being opened for them; one entry per such call. */
    private final Queue<HostPool> hungry = new ConcurrentLinkedQueue<>();

    UpstreamPool(String name, UpstreamSettings settings) {
        this.name = name;
        this.settings = settings;
    }

    String name() {
        return name;
    }

    UpstreamSettings settings() {
        return settings;
    }

    /** The upstream's settings have changed: they hold from now on, also for connections that are open. */
    void configure(UpstreamSettings changed) {
        settings = changed;
        // There may be room now for calls that wait; where there is not, their turn comes again.
        for (int i = hungry.size(); i > 0 && !isOver(); i--) {
            passOn();
        }
    }

    /** Whether more connections are open than allowed, since fewer are than before. */
    boolean isOver() {
        return connections.get() > settings.pool().maxConnections();
    }

    void add(HostPool member) {
        members.add(member);
    }

    /** @return whether that was the last one */
    boolean remove(HostPool member) {
        members.remove(member);
        return members.isEmpty();
    }

    int connections() {
        return connections.get();
    }

    int pending() {
        return pending.get();
    }

    int idle() {
        return idle.get();
    }

    void idleChanged(int by) {
        idle.addAndGet(by);
    }

    /** Takes the right to open one more connection; {@link #onClosed} gives it back. */
    boolean tryOpen() {
        if (connections.incrementAndGet() <= settings.pool().maxConnections()) {
            return true;
        }
        connections.decrementAndGet();
        return false;
    }

    void onClosed() {
        connections.decrementAndGet();
        passOn();
    }

    /** The slot was taken by someone quicker. */
    void onStillHungry(HostPool member) {
        hungry.add(member);
    }

    /** Lets the next member that waits try to open a connection. */
    void passOn() {
        HostPool next = hungry.poll();
        if (next != null) {
            next.loop().execute(next::openForQueued);
        }
    }

    /** @return whether one more call may wait */
    boolean tryQueue(HostPool member) {
        if (pending.incrementAndGet() > settings.pool().maxPending()) {
            pending.decrementAndGet();
            return false;
        }
        hungry.add(member);
        // All connections may be open and lie idle elsewhere: one of them has to make room.
        for (HostPool other : members) {
            if (other.hasIdle()) {
                other.loop().execute(other::closeOneIdle);
                break;
            }
        }
        return true;
    }

    /** A call of the member waits no more, however that came: nobody has to make room for it. */
    void onUnqueued(HostPool member) {
        hungry.remove(member);
        pending.decrementAndGet();
    }

    /** The member has used the turn that {@link #passOn} gave it. */
    void onTurnTaken() {
        pending.decrementAndGet();
    }

    /** Whether calls of another member wait while {@code member} hands its connections on to its own. */
    boolean othersWait(HostPool member) {
        HostPool first = hungry.peek();
        return first != null && first != member;
    }
}
