package dev.meridian.testkit.backend;

import java.io.IOException;
import java.util.Comparator;
import java.util.Map;

/** Chooses a behaviour by the path of the target. */
record ByPath(Map<String, Behaviour> behaviours) implements Behaviour {

    private static final Behaviour NONE = Behaviour.answer(404, "no behaviour for this path");

    ByPath {
        behaviours = Map.copyOf(behaviours);
    }

    @Override
    public void handle(Recorded request, Exchange out) throws IOException {
        of(request).handle(request, out);
    }

    @Override
    public boolean atHead(Recorded request) {
        return of(request).atHead(request);
    }

    private Behaviour of(Recorded request) {
        String path = request.path();
        Behaviour exact = behaviours.get(path);
        if (exact != null) {
            return exact;
        }
        return behaviours.entrySet().stream()
                .filter(entry -> matches(entry.getKey(), path))
                .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse(NONE);
    }

    private static boolean matches(String key, String path) {
        return key.endsWith("*") && path.startsWith(key.substring(0, key.length() - 1));
    }
}
