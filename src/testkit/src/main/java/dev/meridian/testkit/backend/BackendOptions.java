package dev.meridian.testkit.backend;

/**
 * How a {@link Backend} listens and what it remembers.
 *
 * @param ipv6 whether it listens on {@code ::1} instead of {@code 127.0.0.1}
 * @param atHead whether every behaviour runs as soon as the head of a request came, before its body is read
 * @param keptRequests how many requests are remembered; the oldest are forgotten first
 */
public record BackendOptions(boolean ipv6, boolean atHead, int keptRequests) {

    /** IPv4, behaviours run when the body has been read, the last 10,000 requests are remembered. */
    public static BackendOptions defaults() {
        return new BackendOptions(false, false, 10_000);
    }

    /** A copy that listens on {@code ::1}. */
    public BackendOptions onIpv6() {
        return new BackendOptions(true, atHead, keptRequests);
    }

    /** A copy whose behaviours run before the body is read. */
    public BackendOptions behavingAtHead() {
        return new BackendOptions(ipv6, true, keptRequests);
    }

    /** A copy that remembers {@code count} requests. */
    public BackendOptions keeping(int count) {
        return new BackendOptions(ipv6, atHead, count);
    }
}
