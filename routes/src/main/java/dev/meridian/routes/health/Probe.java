package dev.meridian.routes.health;

/**
 * What one check of an endpoint found.
 *
 * @param passed whether it answered as expected
 * @param reached whether there was a connection at all
 * @param firstByteNanos from the request, sent over an open connection, to the first byte of the answer; 0 where there
 *     was none
 * @param late whether it ended because its time was over, which may be the gateway's own fault when it has just begun
 * @param reason in a few words, empty where it passed
 */
record Probe(boolean passed, boolean reached, long firstByteNanos, boolean late, String reason) {

    static Probe passed(long firstByteNanos) {
        return new Probe(true, true, firstByteNanos, false, "");
    }

    /** It was reached, but is not well. */
    static Probe failed(String reason) {
        return new Probe(false, true, 0, false, reason);
    }

    /** No connection came about. */
    static Probe unreached(String reason) {
        return new Probe(false, false, 0, false, reason);
    }

    /** It took longer than it may. */
    Probe tooLate() {
        return new Probe(passed, reached, firstByteNanos, true, reason);
    }
}
