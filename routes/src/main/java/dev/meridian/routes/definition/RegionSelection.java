package dev.meridian.routes.definition;

/** How regions of equal priority share the traffic. */
public enum RegionSelection {
    /** By weight and health. */
    WEIGHTED,
    /** To the one that answers soonest, as seen from this gateway. */
    LATENCY,
    /** To the one nearest to the client; where the client's place is not known, as {@link #LATENCY}. */
    GEO
}
