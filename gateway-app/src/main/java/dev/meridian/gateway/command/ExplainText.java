package dev.meridian.gateway.command;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An explanation in indented lines. Knows nothing of its sections, so that each new one is shown as well. */
final class ExplainText {

    private final StringBuilder text = new StringBuilder();

    private ExplainText() {}

    static String of(Map<?, ?> explanation) {
        ExplainText lines = new ExplainText();
        lines.members(explanation, 0);
        return lines.text.toString().stripTrailing();
    }

    private void members(Map<?, ?> members, int depth) {
        members.forEach((name, value) -> member(String.valueOf(name), value, depth));
    }

    private void member(String name, Object value, int depth) {
        if (isEmpty(value)) {
            return;
        }
        text.append("  ".repeat(depth)).append(name).append(':');
        if (value instanceof Map<?, ?> map) {
            text.append('\n');
            members(map, depth + 1);
        } else if (value instanceof List<?> list) {
            text.append('\n');
            list.forEach(each -> element(each, depth + 1));
        } else {
            text.append(' ').append(value).append('\n');
        }
    }

    /** What is plain of an element stands in one line, what is not below it. */
    private void element(Object element, int depth) {
        text.append("  ".repeat(depth)).append("- ");
        if (!(element instanceof Map<?, ?> map)) {
            text.append(element).append('\n');
            return;
        }
        text.append(map.entrySet().stream()
                        .filter(member -> isPlain(member.getValue()))
                        .map(member -> member.getKey() + ": " + member.getValue())
                        .collect(Collectors.joining(", ")))
                .append('\n');
        map.forEach((name, value) -> {
            if (!isPlain(value)) {
                member(String.valueOf(name), value, depth + 1);
            }
        });
    }

    private static boolean isPlain(Object value) {
        return !(value instanceof Map) && !(value instanceof List);
    }

    private static boolean isEmpty(Object value) {
        return value instanceof Map<?, ?> map && map.isEmpty() || value instanceof List<?> list && list.isEmpty();
    }
}
