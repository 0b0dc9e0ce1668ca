package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is to be told of the configuration that is in effect: each once in the log, for as long as it holds. Thread-safe. */
public final class ConfigWarnings {

    private static final Logger log = LoggerFactory.getLogger(ConfigWarnings.class);
    private static final int MOST_LINES = 100;

    private volatile List<ConfigProblem> current = List.of();

    /** Takes the place of what there was to tell of the configuration before. */
    public synchronized void replace(List<ConfigProblem> problems) {
        Set<String> told = new HashSet<>();
        current.forEach(each -> told.add(text(each)));
        List<ConfigProblem> fresh =
                problems.stream().filter(each -> !told.contains(text(each))).toList();
        current = List.copyOf(problems);
        fresh.stream().limit(MOST_LINES).forEach(each -> log.warn("The configuration works, but: {}", each));
        if (fresh.size() > MOST_LINES) {
            log.warn("The configuration works, but: {} more like these", fresh.size() - MOST_LINES);
        }
    }

    public List<ConfigProblem> current() {
        return current;
    }

    /** Without its place, which moves with every line above it. */
    private static String text(ConfigProblem problem) {
        return problem.property() + problem.value() + problem.expected();
    }
}
