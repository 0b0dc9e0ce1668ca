package dev.meridian.routes.breaker;

import dev.meridian.routes.definition.CircuitBreakerDefinition;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** All breakers, which outlive changes of the configuration. Thread-safe. */
public final class Breakers {

    private final Map<String, Map<String, Breaker>> all = new ConcurrentHashMap<>();
    private final Clock clock;
    private final RandomGenerator random;
    private final Consumer<BreakerChange> listener;

    /**
     * @param random used by all threads
     * @param listener told of changes by whichever thread brought them about, which must not be kept
     */
    public Breakers(Clock clock, RandomGenerator random, Consumer<BreakerChange> listener) {
        this.clock = clock;
        this.random = random;
        this.listener = listener;
    }

    /** The one that there is; where its settings have changed, one with the new settings that is open if that was. */
    public Breaker get(String upstream, String what, CircuitBreakerDefinition settings) {
        return all.computeIfAbsent(upstream, name -> new ConcurrentHashMap<>()).compute(what, (name, known) -> {
            if (known != null && known.settings().equals(settings)) {
                return known;
            }
            Breaker made = new Breaker(upstream, what, settings, clock, random, listener);
            if (known != null) {
                made.succeed(known);
            }
            return made;
        });
    }

    /** The upstream has only these any more. */
    public void retain(String upstream, Set<String> whats) {
        Map<String, Breaker> known = all.get(upstream);
        if (known != null) {
            known.keySet().retainAll(whats);
        }
    }

    /** By what of the upstream they watch. */
    public Map<String, BreakerView> views(String upstream) {
        return all.getOrDefault(upstream, Map.of()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().view()));
    }
}
