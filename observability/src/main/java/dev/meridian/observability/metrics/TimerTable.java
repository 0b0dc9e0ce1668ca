package dev.meridian.observability.metrics;

import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Timers by a small number. Never changed: one more timer makes a new table, which is rare; finding one is not. */
final class TimerTable {

    static final TimerTable EMPTY = new TimerTable(2);

    private final int[] keys; // plus one, so that 0 is an empty slot
    private final @Nullable Timer[] timers;

    private TimerTable(int capacity) {
        keys = new int[capacity];
        timers = new Timer[capacity];
    }

    @Nullable
    Timer find(int key) {
        int mask = keys.length - 1;
        for (int at = key & mask; keys[at] != 0; at = at + 1 & mask) {
            if (keys[at] == key + 1) {
                return timers[at];
            }
        }
        return null;
    }

    TimerTable with(int key, Timer timer) {
        List<Timer> all = all();
        TimerTable larger = new TimerTable(Integer.highestOneBit(2 * all.size() + 1) << 1);
        for (int i = 0; i < keys.length; i++) {
            Timer known = timers[i];
            if (known != null) {
                larger.put(keys[i], known);
            }
        }
        larger.put(key + 1, timer);
        return larger;
    }

    List<Timer> all() {
        List<Timer> all = new ArrayList<>();
        for (Timer timer : timers) {
            if (timer != null) {
                all.add(timer);
            }
        }
        return all;
    }

    private void put(int key, Timer timer) {
        int mask = keys.length - 1;
        int at = key - 1 & mask;
        while (keys[at] != 0) {
            at = at + 1 & mask;
        }
        keys[at] = key;
        timers[at] = timer;
    }
}
