package dev.meridian.gateway.startup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import reactor.netty.ChannelBindException;

/**
 * Reports a port or an address that the gateway cannot listen on by the property that sets it. Before Boot's analyzer,
 * which says not whose port it is, and prints a stack trace for all but a taken port.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class CannotListenFailureAnalyzer extends AbstractFailureAnalyzer<WebServerException> {

    private final Environment environment;

    CannotListenFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, WebServerException cause) {
        if (cause instanceof PortInUseException taken) {
            String property = owner(taken.getPort()) + ".port";
            return new FailureAnalysis(
                    "Port %d (%s) is already in use.".formatted(taken.getPort(), property),
                    "Stop the process that listens there, or choose another port: --%s=PORT.".formatted(property),
                    cause);
        }
        ChannelBindException bind = findCause(cause, ChannelBindException.class);
        if (bind != null) {
            return notBound(bind, cause);
        }
        String message = NestedExceptionUtils.getMostSpecificCause(cause).getMessage();
        if (message != null && message.startsWith("port out of range")) {
            return new FailureAnalysis(
                    "There is no such port: %s.".formatted(message.replaceFirst("port out of range:", "")),
                    "Set server.port and management.server.port to 1 to 65535, or 0 for any that is free.",
                    cause);
        }
        return null;
    }

    private FailureAnalysis notBound(ChannelBindException bind, WebServerException cause) {
        String owner = owner(bind.localPort());
        String reason =
                String.valueOf(NestedExceptionUtils.getMostSpecificCause(bind).getMessage());
        String action;
        if (reason.contains("Permission denied")) {
            action = "Ports below 1024 need a privilege: choose another, --%s.port=PORT, or grant it.".formatted(owner);
        } else if (reason.contains("Cannot assign requested address")) {
            action = "%s.address must be an address of this machine, or 0.0.0.0 for all.".formatted(owner);
        } else {
            action = "Check %s.address and %s.port.".formatted(owner, owner);
        }
        return new FailureAnalysis(
                "Cannot listen on %s:%d (%s): %s."
                        .formatted(bind.localHost(), bind.localPort(), owner, reason.replaceFirst(".*: ", "")),
                action,
                cause);
    }

    /** What the properties of that port's server begin with. */
    private String owner(int port) {
        boolean management = String.valueOf(port).equals(environment.getProperty("management.server.port"));
        return management ? "management.server" : "server";
    }
}
