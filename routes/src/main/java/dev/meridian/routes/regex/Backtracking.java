package dev.meridian.routes.regex;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long an expression may take: whether there is a text for which each further character doubles its time.
 *
 * <p>It is tried out with Java's own engine. Only repeated groups can be so, thus each of them is fed with what it matches,
 * over and over, and then with something that does not fit: then every way of cutting the text into pieces is tried. The
 * steps are counted for a shorter and a longer text, neither of them long. Time that grows with a power of the length is not
 * told of: it takes texts longer than a request may have, or is what the expression is about.
 */
public final class Backtracking {

    /** In which way an expression behaves. */
    public enum Verdict {
        HARMLESS,
        /** Exponential in most engines; Java remembers where it has been, as long as the expression stays as it is. */
        FRAGILE,
        EXPONENTIAL
    }

    private static final Pattern REPEATED_GROUP = Pattern.compile("\\)[*+{]");
    private static final int SHORT = 12;
    private static final int LONG = 24;
    /** Below that of any power that an expression in use has; (a|aa)+ has 300. */
    private static final int GROWTH = 100;

    private static final int MOST_STEPS = 100_000;
    private static final int MOST_BODIES = 40;
    /** For one expression; a few hundredths of a second. */
    private static final int MOST_STEPS_IN_ALL = 8_000_000;
    /** A group that nobody else names. It makes the engine forget where it has been. */
    private static final String FORGETFUL = "(?<meridian>)\\k<meridian>";

    private static final List<String> ENDS = List.of("\u0001", "", "!", "/", "\n", "a");
    private static final int MOST_REMEMBERED = 10_000;
    private static final Map<String, Verdict> MATCHES = new ConcurrentHashMap<>();
    private static final Map<String, Verdict> SEARCHES = new ConcurrentHashMap<>();

    private long stepsLeft = MOST_STEPS_IN_ALL;

    private final Predicate<Matcher> match;

    private Backtracking(Predicate<Matcher> match) {
        this.match = match;
    }

    /** Of an expression that a whole text must match. One that does not compile is harmless. */
    public static Verdict ofMatch(String expression) {
        return remembered(expression, MATCHES, Matcher::matches);
    }

    /** Of an expression that is looked for in a text. */
    public static Verdict ofSearch(String expression) {
        return remembered(expression, SEARCHES, Matcher::find);
    }

    /** Of the expressions in a pattern of paths or hosts, as in <code>/orders/{id:\\d+}</code>; the worst of them. */
    public static Verdict ofVariables(String pattern) {
        Verdict worst = Verdict.HARMLESS;
        if (!REPEATED_GROUP.matcher(pattern).find()) {
            return worst;
        }
        for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
            int close = closing(pattern, open);
            int colon = pattern.indexOf(':', open);
            if (colon > open && colon < close) {
                Verdict verdict = ofMatch(pattern.substring(colon + 1, close));
                worst = verdict.compareTo(worst) > 0 ? verdict : worst;
                open = close;
            }
        }
        return worst;
    }

    private static int closing(String pattern, int open) {
        int depth = 0;
        for (int i = open; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i;
            }
        }
        return pattern.length();
    }

    private static Verdict remembered(String expression, Map<String, Verdict> verdicts, Predicate<Matcher> match) {
        if (!REPEATED_GROUP.matcher(expression).find()) {
            return Verdict.HARMLESS;
        }
        Verdict known = verdicts.get(expression);
        if (known == null) {
            known = judge(expression, match);
            if (verdicts.size() < MOST_REMEMBERED) {
                verdicts.put(expression, known);
            }
        }
        return known;
    }

    private static Verdict judge(String expression, Predicate<Matcher> match) {
        try {
            if (new Backtracking(match).explodes(expression, Pattern.compile(expression))) {
                return Verdict.EXPONENTIAL;
            }
            boolean fragile = new Backtracking(match).explodes(expression, Pattern.compile(expression + FORGETFUL));
            return fragile ? Verdict.FRAGILE : Verdict.HARMLESS;
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Verdict.HARMLESS; // no expression, or none that is understood
        }
    }

    private boolean explodes(String expression, Pattern pattern) {
        for (Repetition repetition : Samples.of(expression)) {
            int tried = 0;
            for (String body : repetition.bodies()) {
                if (tried++ == MOST_BODIES) {
                    break;
                }
                for (String end : ENDS) {
                    if (stepsLeft <= 0) {
                        return false;
                    }
                    if (explodes(pattern, repetition.prefix(), body, end)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private boolean explodes(Pattern pattern, String prefix, String body, String end) {
        long few = steps(pattern, prefix + body.repeat(SHORT) + end, MOST_STEPS);
        if (few > MOST_STEPS) {
            return true;
        }
        long limit = Math.max(few * GROWTH, 2_000);
        return steps(pattern, prefix + body.repeat(LONG) + end, limit) > limit;
    }

    /** At most one more than the limit. */
    private long steps(Pattern pattern, String text, long limit) {
        Counted counted = new Counted(text, limit);
        try {
            var unused = match.test(pattern.matcher(counted));
        } catch (TooManyStepsException e) {
            // It is what was to be found out.
        } catch (StackOverflowError e) {
            return 0; // deep, not slow
        }
        stepsLeft -= counted.steps;
        return counted.steps;
    }

    private static final class TooManyStepsException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooManyStepsException() {
            super(null, null, false, false);
        }
    }

    /** A text that gives up when it has been looked at too often. */
    private static final class Counted implements CharSequence {

        private final String text;
        private final long limit;
        private long steps;

        Counted(String text, long limit) {
            this.text = text;
            this.limit = limit;
        }

        @Override
        public char charAt(int index) {
            if (++steps > limit) {
                throw new TooManyStepsException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
