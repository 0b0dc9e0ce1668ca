package dev.meridian.routes.match;

import java.net.URI;

/** Puts the path and query of one uri behind the scheme and authority of another. */
public final class RequestUrls {

    private RequestUrls() {}

    /** @param base {@code scheme://authority} */
    public static URI join(String base, URI pathAndQuery) {
        String path = pathAndQuery.getRawPath();
        String query = pathAndQuery.getRawQuery();
        return URI.create(query == null ? base + path : base + path + "?" + query);
    }
}
