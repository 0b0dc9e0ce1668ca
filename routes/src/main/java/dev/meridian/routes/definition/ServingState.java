package dev.meridian.routes.definition;

/** Whether a region or an endpoint takes requests, as its operator wants it. */
public enum ServingState {
    /** Takes its share. */
    ACTIVE,
    /** Takes nothing new; what belongs to it already (sticky sessions, requests under way) stays. */
    DRAINING,
    /** Takes nothing. */
    OFF
}
