package dev.meridian.routes.refresh;

import dev.meridian.routes.definition.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One thing that a refresh changes.
 *
 * @param what its kind, as {@code route} or {@code upstream}
 * @param name which one
 */
public record Change(How how, String what, String name) {

    /** In which way. */
    public enum How {
        ADDED,
        CHANGED,
        REMOVED
    }

    @Override
    public String toString() {
        return what + " " + name + " " + Spelling.written(how);
    }

    /** From one set of named things to another, in the order of the new one, what was removed at the end. */
    public static List<Change> between(String what, Map<String, ?> before, Map<String, ?> after) {
        List<Change> changes = new ArrayList<>();
        after.forEach((name, value) -> {
            if (!before.containsKey(name)) {
                changes.add(new Change(How.ADDED, what, name));
            } else if (!Objects.equals(before.get(name), value)) {
                changes.add(new Change(How.CHANGED, what, name));
            }
        });
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .forEach(name -> changes.add(new Change(How.REMOVED, what, name)));
        return List.copyOf(changes);
    }
}
