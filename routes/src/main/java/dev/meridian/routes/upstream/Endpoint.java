package dev.meridian.routes.upstream;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One address that serves an upstream.
 *
 * @param scheme {@code http} or {@code https}
 * @param host name or address literal, IPv6 without brackets
 * @param port 1 to 65535
 * @param weight relative share, at least 1
 * @param zone where it runs inside its region
 * @param metadata free text
 */
public record Endpoint(
        String scheme,
        String host,
        int port,
        int weight,
        @Nullable String zone,
        Map<String, String> metadata) {

    public Endpoint {
        metadata = Map.copyOf(metadata);
    }

    /** Whether TLS is spoken to it. */
    public boolean secure() {
        return "https".equals(scheme);
    }

    /** {@code host:port} as in a URI: IPv6 in brackets, the scheme's default port left out (RFC 3986 §3.2). */
    public String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (secure() ? 443 : 80) ? name : name + ":" + port;
    }

    /** {@code scheme://authority}. */
    public String url() {
        return scheme + "://" + authority();
    }
}
