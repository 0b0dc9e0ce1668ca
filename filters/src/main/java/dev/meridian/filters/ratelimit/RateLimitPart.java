package dev.meridian.filters.ratelimit;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.refresh.Change;
import dev.meridian.routes.refresh.ConfigPart;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Limits in a refresh: one whose settings change keeps what it has counted. */
final class RateLimitPart implements ConfigPart {

    private final RateLimits limits;
    private volatile WrittenPolicies current;

    RateLimitPart(RateLimits limits, WrittenPolicies current) {
        this.limits = limits;
        this.current = current;
    }

    @Override
    public Prepared prepare(CandidateConfig candidate, ConfigProblems problems) {
        WrittenPolicies next = WrittenPolicies.of(candidate.environment(), problems);
        WrittenPolicies before = current;
        problems.require(
                next.store().equals(before.store()),
                "meridian.rate-limit-store",
                next.store(),
                "what the gateway was started with, " + before.store() + "; a restart changes it");
        return new Prepared() {
            @Override
            public List<Change> changes() {
                return Change.between("rate limit", definitions(before), definitions(next));
            }

            @Override
            public void commit() {
                limits.change(next.policies());
                current = next;
            }
        };
    }

    private static Map<String, RateLimitDefinition> definitions(WrittenPolicies of) {
        Map<String, RateLimitDefinition> definitions = new LinkedHashMap<>();
        of.policies().forEach((name, policy) -> definitions.put(name, policy.definition()));
        return definitions;
    }
}
