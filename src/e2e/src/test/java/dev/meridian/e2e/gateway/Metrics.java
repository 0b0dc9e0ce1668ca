package dev.meridian.e2e.gateway;

import java.util.OptionalDouble;

/** Samples in Prometheus' text format. */
final class Metrics {

    private final String text;

    Metrics(String text) {
        this.text = text;
    }

    /** The sum of all samples of this name that have all of these tags, each written {@code name="value"}. */
    OptionalDouble sum(String name, String... tags) {
        double sum = 0;
        boolean found = false;
        for (String line : text.split("\n", -1)) {
            if (matches(line, name, tags)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                found = true;
            }
        }
        return found ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    private static boolean matches(String line, String name, String... tags) {
        if (!line.startsWith(name + "{") && !line.startsWith(name + " ")) {
            return false;
        }
        for (String tag : tags) {
            if (!line.contains(tag)) {
                return false;
            }
        }
        return true;
    }
}
