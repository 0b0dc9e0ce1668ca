package dev.meridian.e2e;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a gateway's log says last of each endpoint. */
final class Verdicts {

    private static final Pattern VERDICT =
            Pattern.compile("(?m)UpstreamSupervisor +: (\\S+): \\S+ (http\\S+) is (available|out|still out)");

    private final Map<String, Boolean> available = new HashMap<>();

    private Verdicts() {}

    static Verdicts in(String log) {
        Verdicts verdicts = new Verdicts();
        Matcher each = VERDICT.matcher(log);
        while (each.find()) {
            verdicts.available.put(
                    key(each.group(1), each.group(2)), each.group(3).equals("available"));
        }
        return verdicts;
    }

    /** Whether the endpoint is out in this upstream. */
    boolean out(String upstream, String url) {
        return !available.getOrDefault(key(upstream, url), true);
    }

    /** Whether no endpoint is out in any upstream. */
    boolean allAvailable() {
        return !available.containsValue(false);
    }

    private static String key(String upstream, String url) {
        return upstream + " " + url;
    }
}
