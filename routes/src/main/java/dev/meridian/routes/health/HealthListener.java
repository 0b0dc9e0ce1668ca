package dev.meridian.routes.health;

import dev.meridian.routes.breaker.BreakerChange;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;

/** Learns what becomes of endpoints; called on the thread that judges, which must not be kept. */
public interface HealthListener {

    /**
     * An endpoint's availability has changed.
     *
     * @param reason in a few words, with the numbers that caused it
     */
    default void onAvailability(
            Upstream upstream, LiveEndpoint endpoint, Availability before, Availability now, String reason) {}

    /** Failures of real traffic have taken the endpoint out. */
    default void onEjection(Upstream upstream, LiveEndpoint endpoint, String reason) {}

    /** A circuit breaker has changed its state. */
    default void onBreaker(BreakerChange change) {}

    /** An endpoint was checked. */
    default void onCheck(Upstream upstream, LiveEndpoint endpoint, boolean passed) {}
}
