package dev.meridian.observability.accesslog;

/** How an entry becomes a line. Not thread-safe: used by the writer alone. */
interface AccessLogFormat {

    /** Appends the line without its end; it holds no line break, whatever the entry holds. */
    void append(AccessLogEntry entry, LineBuffer out);

    static AccessLogFormat of(AccessLogProperties.Format format) {
        return switch (format) {
            case JSON -> new JsonFormat();
            case TEXT -> new TextFormat();
        };
    }
}
