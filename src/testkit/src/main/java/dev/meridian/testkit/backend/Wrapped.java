package dev.meridian.testkit.backend;

import java.io.IOException;

/** Does something around another behaviour, and runs when that one would. */
record Wrapped(Behaviour inner, Behaviour how) implements Behaviour {

    static Behaviour around(Behaviour inner, Behaviour how) {
        return new Wrapped(inner, how);
    }

    @Override
    public void handle(Recorded request, Exchange out) throws IOException {
        how.handle(request, out);
    }

    @Override
    public boolean atHead(Recorded request) {
        return inner.atHead(request);
    }
}
