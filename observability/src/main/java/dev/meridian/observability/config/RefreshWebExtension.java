package dev.meridian.observability.config;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.refresh.GatewayRefresher;
import dev.meridian.routes.refresh.Hold;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;
import org.springframework.cloud.endpoint.RefreshEndpoint;
import org.springframework.util.MimeType;

/**
 * {@code POST /actuator/refresh} tells what has changed, or why nothing has: stock answers 200 with a list of keys, whatever
 * became of it.
 */
@EndpointWebExtension(endpoint = RefreshEndpoint.class)
final class RefreshWebExtension {

    static final MimeType PROBLEM = new MimeType("application", "problem+json");
    private static final int UNAVAILABLE = 503;

    private final GatewayRefresher refresher;

    RefreshWebExtension(GatewayRefresher refresher) {
        this.refresher = refresher;
    }

    /** 200 with the difference; 400 with all that is wrong; 503 where the configuration cannot be read at all. */
    @WriteOperation
    WebEndpointResponse<Map<String, Object>> refresh() {
        return answer(refresher, refresher::refresh);
    }

    static WebEndpointResponse<Map<String, Object>> answer(GatewayRefresher refresher, Supplier<Set<String>> change) {
        Set<String> keys;
        try {
            keys = change.get();
        } catch (InvalidConfigException e) {
            return refused(e.problems().stream().map(RefreshWebExtension::error).toList());
        } catch (BindException e) {
            return refused(errors(e));
        } catch (RuntimeException e) {
            return unreadable(e);
        }
        Map<String, Object> body =
                new LinkedHashMap<>(ConfigViews.snapshot(refresher.history().get(0)));
        Hold hold = refresher.held();
        if (hold != null) {
            body.put("held", ConfigViews.hold(hold));
        }
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

    private static WebEndpointResponse<Map<String, Object>> unreadable(RuntimeException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new WebEndpointResponse<>(
                problem("Configuration cannot be read", UNAVAILABLE, "Nothing has changed; " + why),
                UNAVAILABLE,
                PROBLEM);
    }

    static Map<String, Object> problem(String title, int status, String detail) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title);
        body.put("status", status);
        body.put("detail", detail);
        return body;
    }

    private static List<Map<String, Object>> errors(BindException e) {
        if (e.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
            return unknown.getUnboundProperties().stream()
                    .map(property -> error(
                            property.getName().toString(),
                            property.getValue(),
                            "a key that is read; this one is not known",
                            property.getOrigin()))
                    .toList();
        }
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        ConfigurationProperty property = e.getProperty();
        return List.of(error(
                e.getName().toString(),
                property == null ? null : property.getValue(),
                String.valueOf(cause.getMessage()),
                e.getOrigin()));
    }

    private static Map<String, Object> error(ConfigProblem problem) {
        return error(problem.property(), problem.value(), problem.expected(), problem.origin());
    }

    private static Map<String, Object> error(
            String property, @Nullable Object value, String expected, @Nullable Origin origin) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("property", property);
        if (value != null) {
            error.put("value", String.valueOf(value));
        }
        error.put("expected", expected);
        if (origin != null) {
            error.put("origin", origin.toString());
        }
        return error;
    }
}
