package dev.meridian.testkit.junit;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Blocking calls on threads that must not block. BlockHound throws an error into each of them; since an event loop may
 * swallow that error, they are remembered here as well, and written at the end of the run to {@code blocking-calls.txt}
 * next to the file of the leaks, and to the output.
 */
public final class BlockingCalls {

    /** {@code false} switches the watch off, for JVMs that cannot be instrumented. */
    private static final String SWITCH = "meridian.blockhound";

    private static final AtomicBoolean INSTALLED = new AtomicBoolean();
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    private BlockingCalls() {}

    /** Starts the watch unless it is switched off or BlockHound is not on the class path. */
    static void install() {
        if (System.getProperty(SWITCH, "true").equals("false") || !onClassPath() || INSTALLED.getAndSet(true)) {
            return;
        }
        try {
            BlockHoundWatch.install();
        } catch (RuntimeException | Error e) {
            throw new IllegalStateException(
                    "BlockHound cannot watch this JVM (expected: run with"
                            + " -XX:+AllowRedefinitionToAddDeleteMethods, or with -D" + SWITCH + "=false)",
                    e);
        }
    }

    /** Whether blocking calls are watched in this run. */
    public static boolean watched() {
        return INSTALLED.get();
    }

    /** The calls seen since the last time this was asked, with their stacks; a test that provokes one must ask. */
    public static List<String> take() {
        List<String> taken = List.copyOf(SEEN);
        SEEN.removeAll(taken);
        return taken;
    }

    static void seen(Error error) {
        SEEN.add(Report.of("blocking call on " + Thread.currentThread().getName(), error));
    }

    static void report() {
        for (String call : take()) {
            Report.appendNextToLeaks("blocking-calls.txt", call);
            System.err.println(call);
        }
    }

    private static boolean onClassPath() {
        try {
            Class.forName("reactor.blockhound.BlockHound", false, BlockingCalls.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
