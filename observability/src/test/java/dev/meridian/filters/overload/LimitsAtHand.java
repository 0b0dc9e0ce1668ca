package dev.meridian.filters.overload;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Limits as tests need them, none to begin with. */
public final class LimitsAtHand {

    private final OverloadLimits limits = new OverloadLimits(new WrittenLimits(null, Map.of()));

    public OverloadLimits limits() {
        return limits;
    }

    /** Has these and no others. */
    public void change(@Nullable Integer gateway, Map<String, Integer> upstreams) {
        Map<String, LimitSettings> settings = new HashMap<>();
        upstreams.forEach((name, max) -> settings.put(name, new LimitSettings(max, false)));
        limits.change(new WrittenLimits(gateway == null ? null : new LimitSettings(gateway, false), settings));
    }
}
