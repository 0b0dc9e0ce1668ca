package dev.meridian.e2e.load;

import org.jspecify.annotations.Nullable;

/**
 * How one request ended.
 *
 * @param id as in its {@code X-Request-Id}
 * @param status of the answer, 0 when there was none
 * @param backend who answered it, as the answer says in {@code X-Backend}, or null
 * @param error why there was no whole answer, or null
 * @param nanos from when it was to be sent to the end of its answer
 * @param startedNanos when it was to be sent, as {@link System#nanoTime()}
 */
public record Sample(
        String id,
        int status,
        @Nullable String backend,
        @Nullable String error,
        long nanos,
        long startedNanos) {

    /** Whether a whole answer of 2xx came. */
    public boolean ok() {
        return error == null && status >= 200 && status < 300;
    }

    /** Whether a backend of this region, or of this very name, answered. */
    public boolean from(String regionOrName) {
        return backend != null && (backend.equals(regionOrName) || backend.startsWith(regionOrName + "-"));
    }

    @Override
    public String toString() {
        return "#" + id + " " + (error == null ? status : status + " " + error) + " after " + nanos / 1_000_000 + " ms";
    }
}
