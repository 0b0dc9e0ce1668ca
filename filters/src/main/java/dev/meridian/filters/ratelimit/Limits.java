package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Rate;
import java.util.List;

/**
 * What a key may take: its policy's rates, or those of an override. Immutable.
 *
 * @param policyField the members of {@code RateLimit-Policy} that tell of them
 */
record Limits(String policy, Algorithm algorithm, List<Rate> rates, String policyField) {

    private static final long SECOND = 1_000_000;

    static Limits of(String policy, Algorithm algorithm, List<Rate> rates) {
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < rates.size(); i++) {
            Rate rate = rates.get(i);
            field.append(i == 0 ? "" : ", ")
                    .append(item(policy, rates, i))
                    .append(";q=")
                    .append(rate.limit());
            // A window is told in whole seconds (draft-ietf-httpapi-ratelimit-headers §2.1.3); of a shorter one nothing
            // is.
            if (rate.windowMicros() % SECOND == 0) {
                field.append(";w=").append(rate.windowMicros() / SECOND);
            }
        }
        return new Limits(policy, algorithm, List.copyOf(rates), field.toString());
    }

    /** How the fields call one of the rates: the policy's name alone where it has but one. */
    String item(int rate) {
        return item(policy, rates, rate);
    }

    private static String item(String policy, List<Rate> rates, int rate) {
        return rates.size() == 1 ? '"' + policy + '"' : '"' + policy + '.' + (rate + 1) + '"';
    }

    /** The most that may ever be taken at once. */
    long most() {
        return rates.stream().mapToLong(rate -> rate.most(algorithm)).min().orElse(0);
    }

    long longestWindowMicros() {
        return rates.stream().mapToLong(Rate::windowMicros).max().orElse(0);
    }
}
