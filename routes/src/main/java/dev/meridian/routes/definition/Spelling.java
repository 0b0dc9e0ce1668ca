package dev.meridian.routes.definition;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the name that somebody who misspelt one most likely meant. */
public final class Spelling {

    /** Of the longer name's letters, at most one in so many may differ. */
    private static final int LETTERS_PER_SLIP = 3;

    private static final int MAX_SLIPS = 4;

    private Spelling() {}

    /** A constant as it is written in YAML, and in answers. */
    public static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The nearest of the names; of two that are equally near, the one that comes first.
     *
     * @return {@code null} where none is near
     */
    public static @Nullable String nearest(String written, Collection<String> names) {
        String wanted = plain(written);
        String nearest = null;
        int least = Integer.MAX_VALUE;
        for (String name : names) {
            String candidate = plain(name);
            int slips = distance(wanted, candidate);
            int allowed = Math.min(MAX_SLIPS, Math.max(wanted.length(), candidate.length()) / LETTERS_PER_SLIP);
            if (slips <= Math.max(1, allowed) && slips < Math.max(wanted.length(), 1) && slips < least) {
                nearest = name;
                least = slips;
            }
        }
        return nearest;
    }

    /** Neither case nor how words are joined is a slip worth counting. */
    private static String plain(String name) {
        return name.replace("-", "").replace("_", "").replace(" ", "").toLowerCase(Locale.ROOT);
    }

    /** How many letters are missing, too many, wrong, or swapped with their neighbour (optimal string alignment). */
    static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int wrong = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + wrong);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                current[j] = swapped ? Math.min(least, before[j - 2] + 1) : least;
            }
            int[] free = before;
            before = previous;
            previous = current;
            current = free;
        }
        return previous[b.length()];
    }
}
