package dev.meridian.testkit.backend;

import java.io.IOException;

/** Runs another behaviour before the body is read. */
record AtHead(Behaviour then) implements Behaviour {

    @Override
    public void handle(Recorded request, Exchange out) throws IOException {
        then.handle(request, out);
    }

    @Override
    public boolean atHead(Recorded request) {
        return true;
    }
}
