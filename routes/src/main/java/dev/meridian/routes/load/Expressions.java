package dev.meridian.routes.load;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Expressions in the arguments of a route. The stock locator evaluates any <code>#{…}</code> in the Spring Expression
 * Language, which has been the way into a gateway more than once (CVE-2022-22947, CVE-2025-41243, CVE-2025-41253). Here only
 * the name of a bean may stand there: looking it up is all that is ever done.
 */
public final class Expressions {

    /** What would be right, for a message. */
    public static final String EXPECTED = "plain text, or #{@NAME} with the name of a bean;"
            + " no expression is evaluated in a route, nor is the environment of the process a bean for it";

    private static final Pattern BEAN = Pattern.compile("#\\{ *@(?:([\\w$]+)|'([\\w$.:/-]+)') *}");
    private static final Set<String> ENVIRONMENT = Set.of("environment", "systemEnvironment", "systemProperties");

    private Expressions() {}

    /** Whether the value is an expression, and another one than the name of a bean. */
    public static boolean isRefused(@Nullable String value) {
        if (value == null) {
            return false;
        }
        // As the stock locator looks, only that it takes a blank at the end for the end of an expression.
        String written = value.trim();
        if (!written.startsWith("#{") || !written.endsWith("}")) {
            return false;
        }
        var bean = BEAN.matcher(value);
        return !bean.matches() || ENVIRONMENT.contains(bean.group(1) == null ? bean.group(2) : bean.group(1));
    }
}
