package dev.meridian.routes.load;

import org.springframework.cloud.gateway.route.RouteDefinition;

/** Looks at a definition beside the attempt to make a route of it. */
@FunctionalInterface
public interface RouteInspection {

    /** Finds nothing. */
    RouteInspection NONE = (definition, made) -> "";

    /**
     * Why there must be no such route; empty where there may.
     *
     * @param made whether it could be made
     */
    String refusal(RouteDefinition definition, boolean made);
}
