package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.RateLimiter.Outcome;
import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.refresh.ConfigPart;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RateLimitsTests {

    private static final String ROOT = PolicyCompiler.PATH;

    private final List<FakeStore> made = new ArrayList<>();

    private LimitStore store(Policy policy) {
        FakeStore store = new FakeStore();
        made.add(store);
        return store;
    }

    private static Policies two(String... lines) {
        List<String> all = new ArrayList<>(List.of(
                "spring.data.redis.host=redis.example.com",
                ROOT + ".a.limit=10",
                ROOT + ".a.window=1s",
                ROOT + ".a.store=local",
                ROOT + ".b.limit=10",
                ROOT + ".b.window=1s",
                ROOT + ".b.store=local"));
        for (String line : lines) {
            String key = line.substring(0, line.indexOf('=') + 1);
            all.removeIf(before -> before.startsWith(key));
            all.add(line);
        }
        return Policies.of(all.toArray(String[]::new));
    }

    private RateLimits limits(Policies policies) {
        return new RateLimits(policies.all(), this::store);
    }

    private static RateLimiter find(RateLimits limits, String name) {
        return Objects.requireNonNull(limits.find(name));
    }

    private static long limit(RateLimits limits, String name) {
        return find(limits, name).policy().limits().rates().get(0).limit();
    }

    @Test
    void otherLimit_keepsTheStoreAndWhatWasCounted() {
        RateLimits limits = limits(two());
        RateLimiter before = find(limits, "a");
        before.count(Outcome.REFUSED);
        limits.change(two(ROOT + ".a.limit=20").all());
        assertThat(find(limits, "a")).isSameAs(before);
        assertThat(before.counted(Outcome.REFUSED)).isEqualTo(1);
        assertThat(limit(limits, "a")).isEqualTo(20);
        assertThat(made).hasSize(2);
        assertThat(made.get(0).events).containsExactly("change");
        assertThat(made.get(1).events).isEmpty();
    }

    @Test
    void nothingElse_nothingHappens() {
        RateLimits limits = limits(two());
        Policy before = find(limits, "a").policy();
        limits.change(two().all());
        assertThat(find(limits, "a").policy()).isSameAs(before);
        assertThat(made).allSatisfy(store -> assertThat(store.events).isEmpty());
    }

    @Test
    void policyIsRemoved_itsStoreIsClosed_andItComesBackAnew() {
        RateLimits limits = limits(two());
        limits.change(Policies.of(ROOT + ".b.limit=10", ROOT + ".b.window=1s", ROOT + ".b.store=local")
                .all());
        assertThat(limits.find("a")).isNull();
        assertThat(limits.all()).containsOnlyKeys("b");
        assertThat(made.get(0).events).containsExactly("close");
        limits.change(two().all());
        assertThat(made).hasSize(3);
        assertThat(limits.all()).containsOnlyKeys("a", "b");
    }

    @Test
    void countedElsewhere_isAnotherStore_andTheFormerOneIsClosed() {
        RateLimits limits = limits(two());
        find(limits, "a").count(Outcome.ADMITTED);
        limits.change(two(ROOT + ".a.store=redis").all());
        assertThat(made).hasSize(3);
        assertThat(made.get(0).events).containsExactly("close");
        assertThat(find(limits, "a").store()).isSameAs(made.get(2));
        assertThat(find(limits, "a").counted(Outcome.ADMITTED)).isEqualTo(1);
    }

    @Test
    void close_closesAll() {
        limits(two()).close();
        assertThat(made).hasSize(2).allSatisfy(store -> assertThat(store.events).containsExactly("close"));
    }

    @Test
    void countsOfARealStore_survive() {
        RateLimits limits =
                new RateLimits(two().all(), policy -> new LocalStore(policy, () -> 20_000L * 86_400 * 1_000_000));
        assertThat(take(limits, 8)).isTrue();
        limits.change(two(ROOT + ".a.limit=9").all());
        assertThat(take(limits, 2)).isFalse();
        assertThat(take(limits, 1)).isTrue();
        limits.change(two(ROOT + ".a.limit=12").all());
        assertThat(take(limits, 4)).isFalse();
        assertThat(take(limits, 3)).isTrue();
    }

    private static boolean take(RateLimits limits, int units) {
        RateLimiter limiter = find(limits, "a");
        LimitKey key = new LimitKey("k", limiter.policy().limits());
        return Objects.requireNonNull(limiter.store().take(key, units, late -> {}))
                .admitted();
    }

    @Test
    void refresh_changesNothingUntilItIsCommitted() {
        Policies before = two();
        RateLimits limits = limits(before);
        RateLimitPart part = new RateLimitPart(limits, before.written());
        Policies after = two(ROOT + ".a.limit=20");
        ConfigProblems problems = new ConfigProblems(after.environment());
        ConfigPart.Prepared prepared = part.prepare(new CandidateConfig(after.environment()), problems);
        assertThat(problems.all()).isEmpty();
        assertThat(prepared.changes()).hasSize(1);
        assertThat(limit(limits, "a")).isEqualTo(10);
        prepared.commit();
        assertThat(limit(limits, "a")).isEqualTo(20);
        assertThat(part.prepare(new CandidateConfig(after.environment()), problems)
                        .changes())
                .isEmpty();
    }

    @Test
    void refresh_ofABadPolicy_orAnotherStore_isRefused() {
        Policies before = two();
        RateLimitPart part = new RateLimitPart(limits(before), before.written());
        Policies after = two(ROOT + ".a.limit=0", "meridian.rate-limit-store.timeout=50ms");
        ConfigProblems problems = new ConfigProblems(after.environment());
        part.prepare(new CandidateConfig(after.environment()), problems);
        assertThat(problems.all())
                .extracting(ConfigProblem::property)
                .contains(ROOT + ".a.limit", "meridian.rate-limit-store");
    }
}
