package dev.meridian.gateway.command;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The commands by name. */
public final class Commands {

    private static final String VALIDATE = "validate";
    private static final String EXPLAIN = "explain";
    private static final int WRONG_USAGE = 2;

    private final Class<?> application;
    private final Consumer<String> out;

    /**
     * @param application whose configuration it is
     * @param out where answers go
     */
    public Commands(Class<?> application, Consumer<String> out) {
        this.application = application;
        this.out = out;
    }

    /** Whether the first word is the name of a command. */
    public static boolean isCommand(String... args) {
        return args.length > 0 && List.of(VALIDATE, EXPLAIN).contains(args[0]);
    }

    /** @return what the process exits with */
    public int run(String... args) {
        List<String> rest = Arrays.asList(args).subList(1, args.length);
        try {
            return args[0].equals(VALIDATE)
                    ? new ValidateCommand(application, out).run(rest)
                    : new ExplainCommand(application, out).run(rest);
        } catch (UsageException e) {
            out.accept(e.getMessage());
            return WRONG_USAGE;
        }
    }
}
