package dev.meridian.routes.regex;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads as much of an expression as is needed to make up texts that it matches. What it does not know it takes for nothing:
 * then a text does not fit, which whoever tries it out finds.
 */
final class Samples {

    /** Of as many texts per part. */
    private static final int MOST = 8;

    private static final int MOST_TIMES = 20;
    private static final int ENOUGH_TIMES = 10;
    private static final String COMMON = "a0A_/-. ,=!";
    private static final Pattern COUNT = Pattern.compile("\\{(\\d+)(,(\\d*))?}");
    private static final Pattern GROUP =
            Pattern.compile("\\((\\?(<[a-zA-Z]\\w*>|<?[=!]|>|[a-zA-Z-]*:|[a-zA-Z-]+(?=\\))))?");

    private final String text;
    private final String alphabet;
    private int at;

    /** A part of an expression. */
    private sealed interface Part permits Atom, Sequence, Choice, Repeated {}

    /** One character. */
    private record Atom(String characters) implements Part {}

    private record Sequence(List<Part> parts) implements Part {}

    private record Choice(List<Part> parts) implements Part {}

    private record Repeated(Part part, int least, int most, boolean group) implements Part {}

    private Samples(String text) {
        this.text = text;
        StringBuilder characters = new StringBuilder();
        (text + COMMON).chars().distinct().filter(c -> c != '\\').limit(40).forEach(c -> characters.append((char) c));
        this.alphabet = characters.toString();
    }

    /** The groups of an expression that are repeated often, from the outside in. */
    static List<Repetition> of(String expression) {
        Samples samples = new Samples(expression);
        Part whole = samples.choice();
        List<Repetition> found = new ArrayList<>();
        samples.find(whole, "", found);
        return found;
    }

    private Part choice() {
        List<Part> parts = new ArrayList<>();
        parts.add(sequence());
        while (at < text.length() && text.charAt(at) == '|') {
            at++;
            parts.add(sequence());
        }
        return parts.size() == 1 ? parts.get(0) : new Choice(parts);
    }

    private Part sequence() {
        List<Part> parts = new ArrayList<>();
        while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
            boolean group = text.charAt(at) == '(';
            parts.add(repeated(group ? group() : single(), group));
        }
        return new Sequence(parts);
    }

    private Part group() {
        Matcher opening = GROUP.matcher(text).region(at, text.length());
        if (!opening.lookingAt()) {
            throw new IllegalArgumentException(text);
        }
        at = opening.end();
        Part inside = choice();
        at++; // the closing one
        return inside;
    }

    private Part single() {
        int from = at;
        char c = text.charAt(at++);
        if (c == '^' || c == '$') {
            return new Sequence(List.of());
        } else if (c == '\\' && at < text.length()) {
            char escaped = text.charAt(at++);
            if (escaped == 'Q') {
                int end = text.indexOf("\\E", at);
                String quoted = text.substring(at, end < 0 ? text.length() : end);
                at = end < 0 ? text.length() : end + 2;
                return new Sequence(quoted.chars()
                        .<Part>mapToObj(each -> new Atom(String.valueOf((char) each)))
                        .toList());
            } else if ((escaped == 'p' || escaped == 'P') && at < text.length() && text.charAt(at) == '{') {
                at = text.indexOf('}', at) + 1;
            } else if ("bBAGzZ123456789".indexOf(escaped) >= 0) {
                return new Sequence(List.of());
            } else if (escaped == 'k') {
                at = text.indexOf('>', at) + 1;
                return new Sequence(List.of());
            }
        } else if (c == '[') {
            bracket();
        }
        return new Atom(matching(text.substring(from, at)));
    }

    private void bracket() {
        if (at < text.length() && text.charAt(at) == '^') {
            at++;
        }
        boolean first = true;
        while (at < text.length() && (first || text.charAt(at) != ']')) {
            char c = text.charAt(at++);
            if (c == '\\') {
                at++;
            } else if (c == '[') {
                bracket();
            }
            first = false;
        }
        at++;
    }

    private String matching(String single) {
        Pattern pattern = Pattern.compile(single);
        StringBuilder matching = new StringBuilder();
        for (char c : alphabet.toCharArray()) {
            if (pattern.matcher(String.valueOf(c)).matches()) {
                matching.append(c);
            }
        }
        if (matching.isEmpty()) {
            for (char c = 0; c < 0x180 && matching.isEmpty(); c++) {
                if (pattern.matcher(String.valueOf(c)).matches()) {
                    matching.append(c);
                }
            }
        }
        return matching.toString();
    }

    private Part repeated(Part part, boolean group) {
        Part whole = part;
        while (at < text.length()) {
            char c = text.charAt(at);
            Matcher count = COUNT.matcher(text).region(at, text.length());
            if (c == '*' || c == '+' || c == '?') {
                at++;
                whole = new Repeated(whole, c == '+' ? 1 : 0, c == '?' ? 1 : Integer.MAX_VALUE, group);
            } else if (c == '{' && count.lookingAt()) {
                at = count.end();
                int least = Integer.parseInt(count.group(1));
                String most = count.group(3);
                int upTo = count.group(2) == null
                        ? least
                        : most == null || most.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(most);
                whole = new Repeated(whole, least, upTo, group);
            } else {
                return whole;
            }
            if (at < text.length() && (text.charAt(at) == '?' || text.charAt(at) == '+')) {
                at++; // lazy or possessive
            }
        }
        return whole;
    }

    private void find(Part part, String prefix, List<Repetition> found) {
        if (part instanceof Repeated repeated) {
            if (repeated.group() && repeated.most() >= ENOUGH_TIMES) {
                Set<String> bodies = new LinkedHashSet<>();
                for (char preferred : alphabet.toCharArray()) {
                    bodies.addAll(texts(repeated.part(), preferred));
                }
                bodies.remove("");
                found.add(new Repetition(prefix, bodies));
            }
            find(repeated.part(), prefix, found);
        } else if (part instanceof Choice choice) {
            choice.parts().forEach(each -> find(each, prefix, found));
        } else if (part instanceof Sequence sequence) {
            String before = prefix;
            for (Part each : sequence.parts()) {
                find(each, before, found);
                before += texts(each, alphabet.charAt(0)).iterator().next();
            }
        }
    }

    /** A few that it matches, with the preferred character wherever it may stand; never none. */
    private Set<String> texts(Part part, char preferred) {
        Set<String> texts = new LinkedHashSet<>();
        if (part instanceof Atom atom) {
            String characters = atom.characters();
            texts.add(
                    characters.isEmpty() || characters.indexOf(preferred) >= 0
                            ? String.valueOf(preferred)
                            : characters.substring(0, 1));
        } else if (part instanceof Choice choice) {
            choice.parts().forEach(each -> texts.addAll(texts(each, preferred)));
        } else if (part instanceof Repeated repeated) {
            int times = Math.min(repeated.least(), MOST_TIMES);
            texts(repeated.part(), preferred).forEach(each -> texts.add(each.repeat(Math.max(1, times))));
            if (times == 0) {
                texts.add("");
            }
        } else if (part instanceof Sequence sequence) {
            texts.add("");
            for (Part each : sequence.parts()) {
                Set<String> longer = new LinkedHashSet<>();
                Set<String> ends = texts(each, preferred);
                ends.forEach(end -> texts.forEach(start -> longer.add(start + end)));
                texts.clear();
                longer.stream().limit(MOST).forEach(texts::add);
            }
        }
        return texts;
    }
}
