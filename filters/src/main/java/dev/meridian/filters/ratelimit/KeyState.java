package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.filters.ratelimit.quota.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with one key of a policy.
 *
 * @param key as it is kept
 * @param rates each of its limits
 */
public record KeyState(String key, List<RateState> rates) {

    static KeyState of(String key, Limits limits, List<Standing> standings) {
        List<RateState> rates = new ArrayList<>(standings.size());
        for (int i = 0; i < standings.size(); i++) {
            rates.add(RateState.of(limits, limits.rates().get(i), standings.get(i)));
        }
        return new KeyState(key, List.copyOf(rates));
    }

    /**
     * One of its limits.
     *
     * @param limit units in a window
     * @param most that may be taken at once: a token bucket's {@code burst}, else as {@code limit}
     * @param used units that count at present
     * @param remaining whole units that may still be taken
     * @param reset until the window ends, or the bucket is full
     * @param retryAfter until one more may be taken, zero where it may be now; {@code null} where it never may
     */
    public record RateState(
            long limit,
            Duration window,
            long most,
            double used,
            long remaining,
            Duration reset,
            @Nullable Duration retryAfter) {

        static RateState of(Limits limits, Rate rate, Standing standing) {
            long wait = standing.waitMicros();
            return new RateState(
                    rate.limit(),
                    micros(rate.windowMicros()),
                    rate.most(limits.algorithm()),
                    standing.used(),
                    standing.remaining(),
                    micros(standing.resetMicros()),
                    wait == Long.MAX_VALUE ? null : micros(wait));
        }

        private static Duration micros(long micros) {
            return Duration.ofNanos(micros * 1000);
        }
    }
}
