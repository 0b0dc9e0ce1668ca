package dev.meridian.gateway.command;

import dev.meridian.routes.explain.Explainer;
import dev.meridian.routes.explain.InvalidQuestionException;
import dev.meridian.routes.explain.Question;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** {@code explain FILE METHOD URI}: says which way a request would go, as far as that is known without traffic. */
final class ExplainCommand {

    static final String USAGE =
            "explain FILE METHOD URI [-H 'Name: value'] [--client=IP] [--body-size=BYTES] [--format=text|json]";

    private static final String CLIENT = "client";
    private static final String BODY_SIZE = "body-size";

    private final Class<?> application;
    private final Consumer<String> out;

    ExplainCommand(Class<?> application, Consumer<String> out) {
        this.application = application;
        this.out = out;
    }

    /** @return what the process exits with: 1 where the configuration is not valid */
    int run(List<String> args) {
        Arguments arguments = Arguments.parse(args, Set.of(Arguments.FORMAT, Arguments.HEADER, CLIENT, BODY_SIZE));
        boolean json = arguments.json();
        if (arguments.words().size() != 3) {
            throw new UsageException("a file, a method and a uri are needed: " + USAGE);
        }
        Path file = Path.of(arguments.words().get(0));
        Map<String, Object> question = question(arguments);
        Checks.Outcome outcome = Checks.run(file, arguments.options(), application, context -> {
            try {
                return context.getBean(Explainer.class).explain(Question.parse(question));
            } catch (InvalidQuestionException e) {
                throw new UsageException(String.valueOf(e.getMessage()));
            }
        });
        Map<String, Object> answer = outcome.answer();
        if (answer == null) {
            out.accept(ValidateCommand.report(file, outcome.findings(), json));
            return 1;
        }
        out.accept(json ? Json.text(answer) : ExplainText.of(Json.plain(answer)));
        return 0;
    }

    private static Map<String, Object> question(Arguments arguments) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String header : arguments.headers()) {
            int colon = header.indexOf(':');
            if (colon <= 0) {
                throw new UsageException("-H '" + header + "' (expected: a name, a colon and a value)");
            }
            headers.computeIfAbsent(header.substring(0, colon).trim(), name -> new ArrayList<>())
                    .add(header.substring(colon + 1).trim());
        }
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("method", arguments.words().get(1));
        question.put("uri", arguments.words().get(2));
        question.put("headers", headers);
        String client = arguments.named().get(CLIENT);
        if (client != null) {
            question.put("client-address", client);
        }
        String bodySize = arguments.named().get(BODY_SIZE);
        if (bodySize != null) {
            question.put("body-size", bodySize);
        }
        return question;
    }
}
