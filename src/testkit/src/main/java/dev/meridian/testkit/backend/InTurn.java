package dev.meridian.testkit.backend;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** Gives each request the next behaviour of a list. */
final class InTurn implements Behaviour {

    private final List<Behaviour> behaviours;
    private final Map<Recorded, Behaviour> chosen = new WeakHashMap<>();
    private int next;

    InTurn(List<Behaviour> behaviours) {
        if (behaviours.isEmpty()) {
            throw new IllegalArgumentException("behaviours: none (expected: at least one)");
        }
        this.behaviours = behaviours;
    }

    @Override
    public void handle(Recorded request, Exchange out) throws IOException {
        of(request).handle(request, out);
    }

    @Override
    public boolean atHead(Recorded request) {
        return of(request).atHead(request);
    }

    /** Asked once or twice for a request, depending on who asks, it must not take two turns for it. */
    private synchronized Behaviour of(Recorded request) {
        return chosen.computeIfAbsent(request, key -> behaviours.get(Math.min(next++, behaviours.size() - 1)));
    }
}
