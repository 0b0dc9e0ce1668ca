package dev.meridian.e2e;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what has to become true, as long as a busy machine may need at most. */
final class Eventually {

    private static final Duration MOST = Duration.ofSeconds(5);

    private Eventually() {}

    static void holds(String what, java.util.concurrent.Callable<Boolean> condition) {
        within(MOST, what, condition);
    }

    static void within(Duration most, String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what).pollInterval(Duration.ofMillis(10)).atMost(most).until(condition);
    }

    static void passes(ThrowingRunnable assertion) {
        Awaitility.await().pollInterval(Duration.ofMillis(10)).atMost(MOST).untilAsserted(assertion);
    }
}
