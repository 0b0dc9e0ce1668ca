package dev.meridian.filters.fallback;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What stands in for an answer. */
sealed interface Fallback {

    /** As metrics name it. */
    String kind();

    /**
     * Another route of this gateway, found by path (and query) alone.
     *
     * @param uri {@code forward:/path}
     */
    record Forward(URI uri) implements Fallback {

        @Override
        public String kind() {
            return "forward";
        }

        @Override
        public String toString() {
            return uri.toString();
        }
    }

    /**
     * The same request to another upstream, through the same filters.
     *
     * @param uri {@code lb://NAME}
     */
    record OtherUpstream(URI uri) implements Fallback {

        @Override
        public String kind() {
            return "upstream";
        }

        @Override
        public String toString() {
            return uri.toString();
        }
    }

    /** An answer that is always the same. */
    record Static(int status, Map<String, String> headers, String body) implements Fallback {

        @Override
        public String kind() {
            return "static";
        }

        byte[] bytes() {
            return body.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return Integer.toString(status);
        }
    }
}
