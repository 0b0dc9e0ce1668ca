package dev.meridian.routes.refresh;

import dev.meridian.routes.archive.StoredConfig;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configurations that were in effect last, and what each was made of. Not thread-safe. */
final class ConfigHistory {

    private static final int KEPT = 20;

    private record Entry(ConfigSnapshot snapshot, StoredConfig config) {}

    private final Deque<Entry> entries = new ArrayDeque<>();

    void add(ConfigSnapshot snapshot, StoredConfig config) {
        entries.addFirst(new Entry(snapshot, config));
        if (entries.size() > KEPT) {
            entries.removeLast();
        }
    }

    /** The number of the next one. */
    int next() {
        return entries.isEmpty() ? 1 : entries.getFirst().snapshot().number() + 1;
    }

    /** The running one first. */
    List<ConfigSnapshot> snapshots() {
        return entries.stream().map(Entry::snapshot).toList();
    }

    /** What the running one was made of; {@code null} before there is one. */
    @Nullable
    StoredConfig running() {
        return entries.isEmpty() ? null : entries.getFirst().config();
    }

    /** @throws UnknownSnapshotException where it was never in effect, or too long ago */
    StoredConfig find(int number) {
        return entries.stream()
                .filter(entry -> entry.snapshot().number() == number)
                .findFirst()
                .map(Entry::config)
                .orElseThrow(() -> new UnknownSnapshotException("There is no configuration " + number
                        + " to go back to; kept are "
                        + snapshots().stream().map(ConfigSnapshot::number).toList()));
    }
}
