package dev.meridian.observability.config;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.refresh.Hold;
import dev.meridian.routes.validate.ConfigWarnings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.util.MimeType;

/** What whoever asks for another configuration is told. */
final class RefreshAnswers {

    static final MimeType PROBLEM = new MimeType("application", "problem+json");
    private static final int UNAVAILABLE = 503;

    private final GatewayRefresher refresher;
    private final ConfigWarnings warnings;

    RefreshAnswers(GatewayRefresher refresher, ConfigWarnings warnings) {
        this.refresher = refresher;
        this.warnings = warnings;
    }

    /** 200 with the difference; 400 with all that is wrong; 503 where the configuration cannot be read at all. */
    WebEndpointResponse<Map<String, Object>> to(Supplier<Set<String>> change) {
        Set<String> keys;
        try {
            keys = change.get();
        } catch (InvalidConfigException e) {
            return refused(views(e.problems()));
        } catch (BindException e) {
            return refused(views(ConfigProblem.of(e)));
        } catch (RuntimeException e) {
            return unreadable(e, refresher.running());
        }
        Map<String, Object> body =
                new LinkedHashMap<>(ConfigViews.snapshot(refresher.history().get(0)));
        Hold hold = refresher.held();
        if (hold != null) {
            body.put("held", ConfigViews.hold(hold));
        }
        body.put("warnings", views(warnings.current()));
        body.put("keys", new TreeSet<>(keys));
        return new WebEndpointResponse<>(body);
    }

    private static WebEndpointResponse<Map<String, Object>> refused(List<Map<String, Object>> errors) {
        Map<String, Object> body = problem(
                "Configuration refused",
                WebEndpointResponse.STATUS_BAD_REQUEST,
                "Nothing has changed; " + errors.size() + (errors.size() == 1 ? " error" : " errors"));
        body.put("errors", errors);
        return new WebEndpointResponse<>(body, WebEndpointResponse.STATUS_BAD_REQUEST, PROBLEM);
    }

    private static WebEndpointResponse<Map<String, Object>> unreadable(RuntimeException e, int running) {
        String detail =
                "Nothing has changed; configuration " + running + " stays in effect: " + GatewayRefresher.reason(e);
        return new WebEndpointResponse<>(
                problem("Configuration cannot be read", UNAVAILABLE, detail), UNAVAILABLE, PROBLEM);
    }

    static Map<String, Object> problem(String title, int status, String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail);
        return body;
    }

    private static List<Map<String, Object>> views(List<ConfigProblem> problems) {
        return problems.stream().map(RefreshAnswers::view).toList();
    }

    /** With the names that {@code validate} uses. */
    private static Map<String, Object> view(ConfigProblem problem) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("property", problem.property());
        if (problem.value() != null) {
            view.put("value", String.valueOf(problem.value()));
        }
        view.put("expected", problem.expected());
        if (problem.suggestion() != null) {
            view.put("did-you-mean", problem.suggestion());
        }
        String place = problem.place();
        if (place != null) {
            view.put("at", place);
        }
        return view;
    }
}
