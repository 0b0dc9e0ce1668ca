package dev.meridian.e2e;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.BackendOptions;
import dev.meridian.testkit.http.Headers;
import java.nio.charset.StandardCharsets;

/**
 * Configurations of which no request may see two at once: route and upstream belong together, and a backend serves only
 * what was prepared for it.
 */
final class VersionPair {

    private VersionPair() {}

    /** Serves only what was prepared for it: with its own version in the header and in the path. */
    static Backend backend(String version, BackendOptions options) {
        return Backend.start(
                (request, out) -> {
                    boolean fits = request.path().equals("/" + version)
                            && request.headers()
                                    .first("X-Version")
                                    .filter(version::equals)
                                    .isPresent();
                    out.answer(fits ? 200 : 409, Headers.none(), version.getBytes(StandardCharsets.US_ASCII));
                },
                options);
    }

    /** Both the same upstream with other endpoints, and another upstream while the one before goes. */
    static GatewayConfig config(String version, Backend backend) {
        String[] fitting = {"SetPath=/" + version, "SetRequestHeader=X-Version, " + version};
        return GatewayConfig.empty()
                .route("/same", "lb://main", fitting)
                .upstream("main", backend.url())
                .route("/named", "lb://" + version, fitting)
                .upstream(version, backend.url());
    }
}
