package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Rate;
import java.util.List;

/** What a key may take: its policy's rates, or those of an override. Immutable; the same only as itself. */
final class Limits {

    private static final long SECOND = 1_000_000;

    private final String policy;
    private final Algorithm algorithm;
    private final List<Rate> rates;
    private final String policyField;
    private final TakeArguments arguments;

    Limits(String policy, Algorithm algorithm, List<Rate> rates) {
        this.policy = policy;
        this.algorithm = algorithm;
        this.rates = List.copyOf(rates);
        this.policyField = policyField();
        this.arguments = new TakeArguments(algorithm, this.rates);
    }

    private String policyField() {
        StringBuilder field = new StringBuilder();
        for (int i = 0; i < rates.size(); i++) {
            Rate rate = rates.get(i);
            field.append(i == 0 ? "" : ", ").append(item(i)).append(";q=").append(rate.limit());
            // A window is told in whole seconds (draft-ietf-httpapi-ratelimit-headers §3); of another one nothing is.
            if (rate.windowMicros() % SECOND == 0) {
                field.append(";w=").append(rate.windowMicros() / SECOND);
            }
        }
        return field.toString();
    }

    Algorithm algorithm() {
        return algorithm;
    }

    List<Rate> rates() {
        return rates;
    }

    /** The members of {@code RateLimit-Policy} that tell of them. */
    String fieldMembers() {
        return policyField;
    }

    /** What Redis is told of them. */
    TakeArguments arguments() {
        return arguments;
    }

    /** How the fields call one of the rates: by the policy's name alone where it has but one. */
    String item(int rate) {
        return rates.size() == 1 ? '"' + policy + '"' : '"' + policy + '.' + (rate + 1) + '"';
    }

    /** The most that may ever be taken at once. */
    long most() {
        return rates.stream().mapToLong(rate -> rate.most(algorithm)).min().orElse(0);
    }

    /** Microseconds after which nothing of what a key has taken counts any more. */
    long lifeMicros() {
        return rates.stream()
                .mapToLong(rate -> rate.lifeMicros(algorithm))
                .max()
                .orElse(0);
    }

    /** Whether nothing is counted otherwise by the other ones. */
    boolean countLike(Limits other) {
        return algorithm == other.algorithm && rates.equals(other.rates);
    }
}
