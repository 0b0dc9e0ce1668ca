package dev.meridian.gateway.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What stands behind a command's name.
 *
 * @param words in their order
 * @param named {@code --client=IP} and the like, by name
 * @param headers as written behind {@code -H}
 * @param options for the configuration, {@code --NAME=VALUE}
 */
record Arguments(List<String> words, Map<String, String> named, List<String> headers, List<String> options) {

    static final String FORMAT = "format";
    /** Whether {@code -H} is known. */
    static final String HEADER = "header";

    /** @param own names of the command's own options */
    static Arguments parse(List<String> args, Set<String> own) {
        List<String> words = new ArrayList<>();
        Map<String, String> named = new LinkedHashMap<>();
        List<String> headers = new ArrayList<>();
        List<String> options = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            if (arg.equals("-H") && own.contains(HEADER)) {
                if (++i == args.size()) {
                    throw new UsageException("-H is followed by a header, as in -H 'Accept: text/html'");
                }
                headers.add(args.get(i));
            } else if (arg.startsWith("--") && equals > 2) {
                String name = arg.substring(2, equals);
                if (own.contains(name)) {
                    named.put(name, arg.substring(equals + 1));
                } else {
                    options.add(arg);
                }
            } else if (arg.startsWith("-")) {
                throw new UsageException(arg + " is no option of this command; options are written --NAME=VALUE");
            } else {
                words.add(arg);
            }
        }
        return new Arguments(words, named, headers, options);
    }

    boolean json() {
        String format = named.getOrDefault(FORMAT, "text");
        if (!format.equals("text") && !format.equals("json")) {
            throw new UsageException("--format=" + format + " (expected: text or json)");
        }
        return format.equals("json");
    }
}
