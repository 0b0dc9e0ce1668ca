package dev.meridian.gateway.startup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says once, when the gateway is up, that it has no routes: it would answer everything with 404. */
@Component
final class NoRoutesWarning implements ApplicationListener<ApplicationReadyEvent> {

    private static final Logger logger = LoggerFactory.getLogger(NoRoutesWarning.class);

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";
    /** Where Spring Cloud Gateway looked before 4.3: still in many files, and read no more. */
    private static final String FORMER_ROUTES = "spring.cloud.gateway.routes";

    private final RouteLocator routes;
    private final Environment environment;

    NoRoutesWarning(RouteLocator routes, Environment environment) {
        this.routes = routes;
        this.environment = environment;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        routes.getRoutes()
                .hasElements()
                .subscribe(
                        any -> {
                            if (!any) {
                                logger.warn("No routes: every request is answered with 404. {}", advice(environment));
                            }
                        },
                        failure -> logger.warn("The routes could not be read", failure));
    }

    static String advice(Environment environment) {
        if (environment.containsProperty(FORMER_ROUTES + "[0].uri")) {
            return "There are some under " + FORMER_ROUTES + ", which is read no more: rename it to " + ROUTES + ".";
        }
        return "Routes go under " + ROUTES
                + " in a file named with --spring.config.additional-location=file:./gateway.yml";
    }
}
