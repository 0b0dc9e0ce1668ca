package dev.meridian.observability.endpoint;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.Spelling;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants of a region, or of one endpoint of it.
 *
 * @param endpoint its url or authority, {@code null} for the whole region
 * @param dryRun whether only to tell what would follow
 */
record Order(String region, @Nullable String endpoint, ServingState state, boolean dryRun) {

    private static final String REGION = "region";
    private static final String ENDPOINT = "endpoint";
    private static final String STATE = "state";
    private static final String DRY_RUN = "dry-run";
    private static final Set<String> KEYS = new LinkedHashSet<>(List.of(REGION, ENDPOINT, STATE, DRY_RUN));
    private static final String NOTHING = "(nothing)";

    /** Every member of it must be known: a misspelt one may be the one that keeps it from being carried out. */
    static Order parse(Map<?, ?> members) {
        for (Object key : members.keySet()) {
            if (!KEYS.contains(key)) {
                throw new InvalidOrderException("member", key, "one of " + String.join(", ", KEYS));
            }
        }
        Object region = members.get(REGION);
        if (region == null) {
            throw new InvalidOrderException(REGION, NOTHING, "the name of a region");
        }
        Object endpoint = members.get(ENDPOINT);
        return new Order(
                region.toString(),
                endpoint == null ? null : endpoint.toString(),
                state(members.get(STATE)),
                dryRun(members.get(DRY_RUN)));
    }

    private static ServingState state(@Nullable Object written) {
        return Arrays.stream(ServingState.values())
                .filter(state -> written != null
                        && Spelling.written(state).equals(written.toString().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new InvalidOrderException(
                        STATE, written == null ? NOTHING : written, "active, draining or off"));
    }

    private static boolean dryRun(@Nullable Object written) {
        if (written == null || "false".equals(written.toString())) {
            return false;
        } else if ("true".equals(written.toString())) {
            return true;
        }
        throw new InvalidOrderException(DRY_RUN, written, "true or false");
    }
}
