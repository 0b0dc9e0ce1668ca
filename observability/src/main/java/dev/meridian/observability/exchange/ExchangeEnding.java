package dev.meridian.observability.exchange;

/** How an exchange came to its end. */
public enum ExchangeEnding {
    /** The client has a whole answer, be it the upstream's or the gateway's own. */
    COMPLETE("complete"),
    /** The client went away first. */
    CLIENT_GONE("client-gone"),
    /** The answer had begun when it failed, and was cut. */
    BROKEN_OFF("broken-off");

    private final String text;

    ExchangeEnding(String text) {
        this.text = text;
    }

    /** As it stands in the access log. */
    public String text() {
        return text;
    }
}
