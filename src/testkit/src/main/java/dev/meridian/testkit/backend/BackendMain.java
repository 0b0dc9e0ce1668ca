package dev.meridian.testkit.backend;

import java.io.IOException;

/**
 * A {@link Backend} as a process of its own, which can be killed, frozen and started again on the same port. It behaves as
 * {@link Controlled} says, and ends when its standard input does, so that it does not outlive whoever started it.
 */
public final class BackendMain {

    private BackendMain() {}

    /** @param args its name, its port and, optionally, its first settings */
    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            throw new IllegalArgumentException(args.length + " arguments (expected: NAME PORT [SETTINGS])");
        }
        Controlled behaviour = new Controlled(args[0], System.out);
        if (args.length > 2) {
            behaviour.set(args[2]);
        }
        Backend backend = Backend.startOn(
                Integer.parseInt(args[1]), behaviour, BackendOptions.defaults().keeping(1));
        while (System.in.read() >= 0) {
            // Nothing is ever said on it; only its end counts.
        }
        backend.close();
    }
}
