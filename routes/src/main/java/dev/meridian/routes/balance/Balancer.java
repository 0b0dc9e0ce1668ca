package dev.meridian.routes.balance;

import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import java.util.random.RandomGenerator;

/** Picks one of the endpoints that it was made for. Thread-safe and free of locks: every request calls it. */
public interface Balancer {

    /** @param nowNanos as {@link System#nanoTime()} */
    LiveEndpoint choose(Selection selection, RandomGenerator random, long nowNanos);
}
