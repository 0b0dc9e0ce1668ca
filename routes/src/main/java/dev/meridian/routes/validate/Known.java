package dev.meridian.routes.validate;

/** What is known of a route's definition before it is looked at. */
public enum Known {
    /** Nothing. */
    NOTHING,
    /** A route has been made of the very same one, but not checked. */
    MADE,
    /** It has been made and checked, and was good. */
    CHECKED
}
