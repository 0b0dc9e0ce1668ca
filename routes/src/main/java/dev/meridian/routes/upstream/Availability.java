package dev.meridian.routes.upstream;

/** Whether an endpoint may be used, or why not; the strongest reason first. */
public enum Availability {
    /** An operator has switched it off. */
    OFF("switched off"),
    /** An operator lets it run dry. */
    DRAINING("draining"),
    /** It takes no connections. */
    UNREACHABLE("takes no connections"),
    /** Its health checks fail. */
    UNHEALTHY("health checks fail"),
    /** Requests failed on it. */
    EJECTED("ejected for failed requests"),
    AVAILABLE("available");

    private final String words;

    Availability(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** Whether its operator wants it used. */
    public boolean wanted() {
        return this != OFF && this != DRAINING;
    }

    /** Whether it might serve after all, when nobody else can. */
    public boolean usableInPanic() {
        return this == UNHEALTHY || this == EJECTED || this == AVAILABLE;
    }
}
