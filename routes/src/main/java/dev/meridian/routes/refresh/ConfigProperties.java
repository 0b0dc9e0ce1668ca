package dev.meridian.routes.refresh;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a changed configuration comes into effect, under {@code meridian.config}.
 *
 * @param onBadRoute what becomes of a change in which a route is bad; default {@code quarantine}
 * @param allowEmpty whether a change may take away all routes; default {@code false}, since that is hardly ever meant
 */
record ConfigProperties(
        @DefaultValue("quarantine") OnBadRoute onBadRoute,
        @DefaultValue("false") boolean allowEmpty) {

    /** What to do about it. */
    enum OnBadRoute {
        /** That route keeps its last good version, the rest comes into effect. */
        QUARANTINE,
        /** Nothing comes into effect. */
        REJECT
    }
}
