package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.filters.ratelimit.redis.Fleet;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of the script that takes units, as far as they are the same each time. Immutable. */
final class TakeArguments {

    private static final int FIXED = 5;
    private static final int EACH = 5;
    private static final byte[] ZERO = {'0'};
    private static final byte[] ONE = {'1'};

    private final Algorithm algorithm;
    private final List<Rate> rates;
    private final byte[][] whole;

    TakeArguments(Algorithm algorithm, List<Rate> rates) {
        this.algorithm = algorithm;
        this.rates = rates;
        this.whole = encode();
    }

    /**
     * All of them, for one call.
     *
     * @param part of the rates that may be used
     * @param least units wanted; 0 takes nothing
     * @param back units to give back that were granted at {@code at}; 0 of some time write what is there already
     * @param debt what Redis does not know yet
     */
    byte[][] of(Fleet.Part part, int least, int most, int back, long at, SharedKey.@Nullable Debt debt) {
        byte[][] arguments = whole.clone();
        if (!part.isWhole()) {
            arguments[0] = ascii(kind() + part.some() + '/' + part.of());
        }
        arguments[1] = number(least);
        arguments[2] = number(most);
        arguments[3] = number(back);
        arguments[4] = number(at);
        if (debt != null) {
            for (int i = 0; i < Math.min(rates.size(), debt.extra().length); i++) {
                arguments[FIXED + i * EACH + 3] = number((long) Math.ceil(debt.floor()[i]));
                arguments[FIXED + i * EACH + 4] = number((long) Math.ceil(debt.extra()[i]));
            }
        }
        return arguments;
    }

    private byte[][] encode() {
        byte[][] arguments = new byte[FIXED + rates.size() * EACH][];
        arguments[0] = ascii(kind());
        for (int i = 0; i < rates.size(); i++) {
            Rate rate = rates.get(i);
            int from = FIXED + i * EACH;
            arguments[from] = number(rate.limit());
            arguments[from + 1] = number(rate.windowMicros());
            arguments[from + 2] = number(rate.burst());
            arguments[from + 3] = ZERO;
            arguments[from + 4] = ZERO;
        }
        return arguments;
    }

    private String kind() {
        return switch (algorithm) {
            case SLIDING_WINDOW -> "s";
            case FIXED_WINDOW -> "f";
            case TOKEN_BUCKET -> "b";
            case SLIDING_LOG -> "l";
        };
    }

    private static byte[] number(long value) {
        return value == 0 ? ZERO : value == 1 ? ONE : ascii(Long.toString(value));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
