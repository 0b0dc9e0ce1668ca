package dev.meridian.filters.ratelimit;

import dev.meridian.filters.client.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * A policy that has been found to be right. Immutable.
 *
 * @param definition as it is written
 * @param limits where no override fits
 * @param exempt addresses that it does not concern
 * @param privacy whether keys are kept as hashes only
 * @param shared whether it is counted in Redis
 */
record Policy(
        String name,
        RateLimitDefinition definition,
        Limits limits,
        List<PolicyOverride> overrides,
        List<Cidr> exempt,
        boolean privacy,
        boolean shared) {

    boolean isSameAs(Policy other) {
        return shared == other.shared && definition.equals(other.definition);
    }

    boolean needsPrincipal() {
        for (KeySource source : definition.key()) { // asked for each request
            if (source.kind() == KeySource.Kind.PRINCIPAL || source.kind() == KeySource.Kind.CLAIM) {
                return true;
            }
        }
        return false;
    }

    long syncMicros() {
        return TimeUnit.NANOSECONDS.toMicros(definition.syncInterval().toNanos());
    }

    /** Whether the policy does not concern a request. */
    boolean exempts(@Nullable InetAddress client, HttpHeaders headers) {
        if (client != null) {
            for (Cidr block : exempt) {
                if (block.contains(client)) {
                    return true;
                }
            }
        }
        for (Map.Entry<String, List<String>> field :
                definition.exempt().headers().entrySet()) {
            String value = headers.getFirst(field.getKey());
            if (value != null && field.getValue().contains(value)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it gives these limits to anybody. */
    boolean has(Limits any) {
        return limits.equals(any)
                || overrides.stream().anyMatch(each -> each.limits().equals(any));
    }

    /** The limits of a key: those of the first override that fits. */
    Limits limits(List<String> parts, @Nullable InetAddress client) {
        for (PolicyOverride each : overrides) {
            if (each.fits(parts, client)) {
                return each.limits();
            }
        }
        return limits;
    }
}
