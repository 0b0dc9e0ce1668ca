package dev.meridian.gateway.startup;

import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * What is wrong with a YAML text, where, and what most likely mends it.
 *
 * @param line from 1; 0 where the parser named none
 * @param column from 1; 0 where the parser named none
 * @param problem mostly in the parser's words
 * @param excerpt the line before and the line itself with a mark under the column; empty without a line
 * @param advice what to do
 */
record YamlProblem(int line, int column, String problem, String excerpt, String advice) {

    /*
     * The parser names the place where it could not go on, which is often one line after the mistake, and a rule of
     * the grammar. So each rule has the mistakes that lead to it in practice, and two rules are reported where they
     * began: a quote that is never closed, and a key that never gets its colon.
     */
    private static final List<Hint> HINTS = List.of(
            new Hint("\\(TAB\\)", "Indent with spaces: YAML allows no tabs there."),
            new Hint(
                    "unexpected end of stream",
                    "The quote that opens here is never closed: add the closing quote, or drop the opening one."),
            new Hint(
                    "could not find expected ':'",
                    "This line has no ':' after its key, or it continues a text and must be indented further."),
            new Hint(
                    "cannot start any token",
                    "A value cannot begin with this character: put the value in single quotes."),
            new Hint(
                    "scanning an alias|undefined alias|scanning an anchor",
                    "'*' and '&' have a meaning of their own at the start of a value: put the value in single quotes."),
            new Hint(
                    "duplicate key",
                    "The key stands twice in the same block: put what belongs to it in one place. The first is in an"
                            + " earlier line."),
            new Hint(
                    "but got \\{",
                    "Inside [ ] and { } a value with braces, such as ${NAME} or /api/{id}, must stand in quotes; or"
                            + " write the list as lines that start with '- '."),
            new Hint(
                    "expected ',' or '[\\]}]'",
                    "A comma or the closing bracket is missing; the bracket may have been opened in an earlier line."),
            new Hint(
                    "expected <block end>",
                    "Entries of one block start in the same column: compare this line's indentation with its"
                            + " neighbours', and look for text after a closing quote."),
            new Hint(
                    "unknown escape character",
                    "In double quotes '\\' starts an escape: use single quotes, above all for regular expressions."),
            new Hint(
                    "constructor for the tag|tag is not allowed",
                    "A value that begins with '!' names a type: put the value in single quotes."),
            new Hint(
                    "special characters are not allowed",
                    "Remove the control character: configuration files are plain text in UTF-8."),
            new Hint("not UTF-8", "Save the file in UTF-8."),
            new Hint("expected the node content", "A value is missing here; if this is a template, render it first."));

    private static final Hint OTHERWISE =
            new Hint("", "Compare the line with its neighbours: indentation, ':' followed by a space, quotes.");

    private static final Pattern SECRET =
            Pattern.compile("(?i)^(.*(?:passw|secret|token|credential|private-?key|api-?key)[^:=]*[:=]\\s*)\\S.*$");
    private static final Pattern NO_SPACE_AFTER_COLON = Pattern.compile("^\\s*(?:- )?[\\w.\\[\\]-]+:[^\\s/].*");

    /** @param text the whole text that the parser refused */
    static YamlProblem of(YAMLException failure, String text) {
        List<String> lines = text.lines().toList();
        if (failure instanceof MarkedYAMLException marked) {
            return of(marked, lines);
        }
        if (failure instanceof ReaderException reader) {
            String before = text.substring(0, Math.min(reader.getPosition(), text.length()));
            int lineStart = before.lastIndexOf('\n') + 1;
            return at(
                    (int) before.lines().count() + (before.endsWith("\n") || before.isEmpty() ? 1 : 0),
                    before.length() - lineStart + 1,
                    "special characters are not allowed (code %#x)".formatted(reader.getCodePoint()),
                    null,
                    lines);
        }
        if (failure.getCause() instanceof CharacterCodingException) {
            int line = 1 + firstLineWith('\uFFFD', lines);
            int column = line == 0 ? 0 : 1 + lines.get(line - 1).indexOf('\uFFFD');
            return at(line, column, "not UTF-8", null, lines);
        }
        return at(0, 0, Objects.toString(failure.getMessage(), "unreadable"), null, lines);
    }

    /** A text that is YAML, but a list or a mere sentence, where a configuration has keys. */
    static YamlProblem noKeys(String text) {
        return new YamlProblem(
                1,
                1,
                "there are no keys in this file",
                excerpt(1, 1, text.lines().toList()),
                "Settings are written as 'key: value', with a space after the ':'.");
    }

    private static YamlProblem of(MarkedYAMLException failure, List<String> lines) {
        String problem = Objects.toString(failure.getProblem(), "unreadable");
        String context = failure.getContext();
        Mark begin = failure.getContextMark();
        Mark mark = failure.getProblemMark();
        boolean startedEarlier = problem.matches("(?s).*(?:end of stream|<stream end>|could not find expected ':').*");
        Mark place = begin != null && (mark == null || startedEarlier) ? begin : mark;
        return at(
                place == null ? 0 : place.getLine() + 1,
                place == null ? 0 : place.getColumn() + 1,
                problem,
                context,
                lines);
    }

    private static YamlProblem at(
            int line, int column, String parserProblem, @Nullable String context, List<String> lines) {
        String problem = parserProblem
                .replaceFirst("\\.? \\(Do not use.*", "")
                // The tag may be a password that nobody quoted.
                .replaceFirst("(the tag) \\S+", "$1")
                .replaceAll("\\s+", " ");
        String whole = context == null ? problem : context + ": " + problem;
        return new YamlProblem(
                line, column, "not valid YAML: " + whole, excerpt(line, column, lines), advice(whole, line, lines));
    }

    private static String advice(String problem, int line, List<String> lines) {
        if (problem.contains("mapping values are not allowed")) {
            return misplacedColon(line, lines);
        }
        return HINTS.stream()
                .filter(hint -> hint.fits(problem))
                .findFirst()
                .orElse(OTHERWISE)
                .advice();
    }

    /** The commonest mistakes of all share one message; the two lines tell them apart. */
    private static String misplacedColon(int line, List<String> lines) {
        String current = lineAt(line, lines);
        String previous = lineAt(line - 1, lines);
        if (current.indexOf(": ") != current.lastIndexOf(": ")) {
            return "A value that contains ': ' must stand in quotes.";
        }
        if (NO_SPACE_AFTER_COLON.matcher(previous).matches()) {
            return "Line " + (line - 1) + " needs a space after its ':'.";
        }
        if (!previous.contains(":")) {
            return "Line " + (line - 1) + " has no ':' after its key.";
        }
        return "Line " + line + " is indented further than line " + (line - 1)
                + ", which has a value already: align the two, or take that value away.";
    }

    private static String excerpt(int line, int column, List<String> lines) {
        if (line < 1 || line > lines.size()) {
            return "";
        }
        StringBuilder excerpt = new StringBuilder();
        if (line > 1) {
            excerpt.append(numbered(line - 1, shown(lineAt(line - 1, lines)))).append('\n');
        }
        String text = lineAt(line, lines);
        String shown = shown(text);
        excerpt.append(numbered(line, shown));
        int caret =
                shown(text.substring(0, Math.min(column - 1, text.length()))).length();
        if (caret <= shown.length()) {
            excerpt.append('\n')
                    .append(" ".repeat(numbered(line, "").length() + caret))
                    .append('^');
        }
        return excerpt.toString();
    }

    private static String numbered(int line, String text) {
        return "%6d | %s".formatted(line, text);
    }

    /** The line as it may be logged: tabs made visible, the value of a key that sounds secret left out. */
    private static String shown(String line) {
        Matcher secret = SECRET.matcher(line);
        return (secret.matches() ? secret.group(1) + "******" : line).replace("\t", "<TAB>");
    }

    private static String lineAt(int line, List<String> lines) {
        return line >= 1 && line <= lines.size() ? lines.get(line - 1) : "";
    }

    private static int firstLineWith(char character, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).indexOf(character) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** @param file as the operator finds it */
    String describe(String file) {
        String where = line == 0 ? file : "%s, line %d, column %d".formatted(file, line, column);
        String what = where + ": " + problem;
        return excerpt.isEmpty() ? what : what + "\n\n" + excerpt;
    }

    private record Hint(Pattern problem, String advice) {

        Hint(String problem, String advice) {
            this(Pattern.compile(problem), advice);
        }

        boolean fits(String text) {
            return problem.matcher(text).find();
        }
    }
}
