package dev.meridian.filters.ratelimit;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Other limits for certain keys. What is not said stays as the policy has it.
 *
 * @param key the value, in the order of the policy's {@code key} where that is a list; a block like {@code 10.0.0.0/8} in the
 *     place of {@code client-ip}; {@code *} for any; required. The first override that fits counts.
 * @param limit units in a window; default that of the policy, where that has one
 * @param window default that of the policy, where that has one
 * @param burst how many units a {@code token-bucket} holds; default what the policy says, else as many as {@code limit}
 * @param limits several limits in place of one
 */
public record OverrideDefinition(
        @DefaultValue List<String> key,
        @Nullable Long limit,
        @Nullable Duration window,
        @Nullable Long burst,
        @DefaultValue List<RateDefinition> limits) {}
