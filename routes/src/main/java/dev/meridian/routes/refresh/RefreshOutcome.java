package dev.meridian.routes.refresh;

/** How a refresh ended. */
public enum RefreshOutcome {
    /** Something has changed, and is in effect. */
    APPLIED,
    /** Nothing has changed. */
    UNCHANGED,
    /** What was read is not used until it changes: see {@link Hold}. */
    HELD,
    /** What was read is bad; nothing has changed. */
    REFUSED,
    /** Nothing could be read; nothing has changed. */
    UNREADABLE
}
