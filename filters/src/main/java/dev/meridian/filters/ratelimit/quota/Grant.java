package dev.meridian.filters.ratelimit.quota;

/**
 * The answer to a request for units, with the state of that rate of several which leaves the least.
 *
 * @param granted how many; 0 where it is refused
 * @param at when, in microseconds since the epoch: what is given back is told by it
 * @param rate which of the rates the rest is about
 * @param remaining whole units that may still be taken
 * @param resetMicros until the window ends, or the bucket is full
 * @param waitMicros until what was refused may be taken if nobody else takes any; 0 where it is granted
 */
public record Grant(int granted, long at, int rate, long remaining, long resetMicros, long waitMicros) {

    /** Whether anything was granted. */
    public boolean admitted() {
        return granted > 0;
    }
}
