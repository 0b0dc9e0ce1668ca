package dev.meridian.observability.accesslog;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meridian.access-log}.
 *
 * @param enabled whether there is an access log; default true
 * @param format how a line is written; default json
 * @param file where the lines go; it is appended to, and opened anew when it was moved or deleted; none for
 *     standard output; default none
 * @param queueSize lines that may wait to be written, 1 to 4194304, rounded up to a power of two; more are dropped and counted; default
 *     65536
 * @param query whether the query stands in the log, in which clients tend to put secrets; default false
 * @param userAgent whether the field {@code User-Agent} stands in the log; default false
 * @param excludePaths paths that are not logged, each as it is or with all below it ({@code /health/**}); default none
 */
public record AccessLogProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("json") Format format,
        @DefaultValue("") String file,
        @DefaultValue("65536") int queueSize,
        @DefaultValue("false") boolean query,
        @DefaultValue("false") boolean userAgent,
        @DefaultValue List<String> excludePaths) {

    /** How a line is written. */
    public enum Format {
        /** One object per line. */
        JSON,
        /** Time, client, request and status, then {@code name=value}. */
        TEXT
    }
}
