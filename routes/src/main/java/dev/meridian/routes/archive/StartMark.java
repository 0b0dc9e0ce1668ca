package dev.meridian.routes.archive;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.MapPropertySource;

/** Tells {@link LastGoodPostProcessor} which start this is. In the environment only until that has seen it. */
final class StartMark extends MapPropertySource {

    static final String NAME = "meridianStart";

    /** What is inside the application is read at each start. */
    private static final Map<String, Object> NOTHING_FROM_OUTSIDE = Map.of(
            "spring.config.location", "optional:classpath:/,optional:classpath:/config/",
            "spring.config.additional-location", "",
            "spring.config.import", "");

    private final @Nullable LastGood lastGood;

    private StartMark(Map<String, Object> properties, @Nullable LastGood lastGood) {
        super(NAME, properties);
        this.lastGood = lastGood;
    }

    static StartMark first() {
        return new StartMark(Map.of(), null);
    }

    static StartMark from(LastGood lastGood) {
        Map<String, Object> properties = new java.util.HashMap<>(NOTHING_FROM_OUTSIDE);
        if (!lastGood.config().profiles().isEmpty()) {
            properties.put(
                    "spring.profiles.active", String.join(",", lastGood.config().profiles()));
        }
        return new StartMark(properties, lastGood);
    }

    /** What to start from instead of what could be read; {@code null} at the first attempt. */
    @Nullable
    LastGood lastGood() {
        return lastGood;
    }
}
