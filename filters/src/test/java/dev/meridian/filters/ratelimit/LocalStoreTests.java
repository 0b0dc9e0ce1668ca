package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.quota.Grant;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalStoreTests {

    private static final Duration MOST = Duration.ofSeconds(5);
    private static final long SECOND = 1_000_000;

    private final AtomicLong now = new AtomicLong(20_000L * 86_400 * SECOND);

    private LocalStore store(Policy policy) {
        return new LocalStore(policy, now::get);
    }

    private static LimitKey key(Policy policy, String text) {
        return new LimitKey(text, policy.limits());
    }

    private static Grant take(LocalStore store, LimitKey key, int units) {
        return Objects.requireNonNull(store.take(key, units, late -> {}));
    }

    private static @Nullable Grant look(LocalStore store, LimitKey key) {
        return store.look(key, 1).block(MOST);
    }

    @Test
    void keys_areCountedApart() {
        Policy policy = Policies.policy();
        LocalStore store = store(policy);
        assertThat(take(store, key(policy, "a"), 10).admitted()).isTrue();
        assertThat(take(store, key(policy, "a"), 1).admitted()).isFalse();
        assertThat(take(store, key(policy, "b"), 10).admitted()).isTrue();
        assertThat(store.keys()).isEqualTo(2);
    }

    @Test
    void look_countsNothing_andKeepsNothing() {
        Policy policy = Policies.policy();
        LocalStore store = store(policy);
        assertThat(look(store, key(policy, "a"))).extracting(Grant::remaining).isEqualTo(10L);
        assertThat(store.keys()).isZero();
        take(store, key(policy, "a"), 3);
        look(store, key(policy, "a"));
        assertThat(look(store, key(policy, "a"))).extracting(Grant::remaining).isEqualTo(7L);
    }

    @Test
    void reset_forgetsOneKey() {
        Policy policy = Policies.policy();
        LocalStore store = store(policy);
        take(store, key(policy, "a"), 10);
        take(store, key(policy, "b"), 10);
        store.reset(key(policy, "a")).block(MOST);
        assertThat(take(store, key(policy, "a"), 1).admitted()).isTrue();
        assertThat(take(store, key(policy, "b"), 1).admitted()).isFalse();
    }

    @Test
    void giveBack_isRoomAgain() {
        Policy policy = Policies.policy();
        LocalStore store = store(policy);
        Grant grant = take(store, key(policy, "a"), 10);
        store.giveBack(key(policy, "a"), grant);
        assertThat(take(store, key(policy, "a"), 10).admitted()).isTrue();
    }

    @Test
    void otherLimitsOfTheSameKey_goOnFromWhatItHasTaken() {
        Policy before = Policies.policy();
        LocalStore store = store(before);
        take(store, key(before, "a"), 8);
        Policy after = Policies.of(".limit=9", ".window=1s").only();
        store.change(after);
        assertThat(take(store, key(after, "a"), 2).admitted()).isFalse();
        assertThat(take(store, key(after, "a"), 1).admitted()).isTrue();
    }

    @Test
    void aMillionKeys_areNotKept_andTheFrequentOnesCountSurvives() {
        Policy policy =
                Policies.of(".limit=100000", ".window=1h", ".max-keys=10000").only();
        LocalStore store = store(policy);
        LimitKey frequent = key(policy, "frequent");
        long most = 0;
        long left = 100_000;
        for (int i = 0; i < 1_000_000; i++) {
            take(store, key(policy, "flood-" + i), 1);
            if (i % 20 == 0) {
                assertThat(take(store, frequent, 1).remaining()).isEqualTo(--left);
            }
            if (i % 1000 == 0) {
                most = Math.max(most, store.keys());
            }
        }
        assertThat(most).isLessThan(12_000);
        assertThat(left).isEqualTo(50_000);
        assertThat(store.busiest(3))
                .first()
                .extracting(BusyKey::key, BusyKey::used)
                .containsExactly("frequent", 50_000.0);
    }

    @Test
    void keysThatNobodyAsksFor_areForgotten_whenNothingCountsAnyMore() {
        Policy policy = Policies.of(".limit=10", ".window=1m").only();
        LocalStore store = store(policy);
        take(store, key(policy, "idle"), 1);
        now.addAndGet(119 * SECOND);
        take(store, key(policy, "other"), 1);
        assertThat(store.busiest(10)).extracting(BusyKey::key).contains("idle");
        now.addAndGet(2 * SECOND);
        assertThat(store.busiest(10)).extracting(BusyKey::key).containsExactly("other");
    }

    @Test
    void bucketThatFillsForLong_isNotForgottenBefore() {
        Policy policy = Policies.of(".algorithm=token-bucket", ".limit=1", ".window=1s", ".burst=100")
                .only();
        LocalStore store = store(policy);
        take(store, key(policy, "a"), 100);
        now.addAndGet(50 * SECOND);
        assertThat(take(store, key(policy, "a"), 51).admitted()).isFalse();
        assertThat(take(store, key(policy, "a"), 50).admitted()).isTrue();
    }

    @Test
    void busiest_areThoseThatHaveTakenTheMostOfTheirLimit() {
        Policy policy = Policies.policy(".overrides[0].key=10.0.0.0/8", ".overrides[0].limit=1000");
        LocalStore store = store(policy);
        LimitKey large = new LimitKey("large", policy.overrides().get(0).limits());
        take(store, large, 350);
        for (int i = 1; i < 10; i++) {
            take(store, key(policy, "k" + i), i);
        }
        LimitKey none = key(policy, "none");
        store.giveBack(none, take(store, none, 1));
        assertThat(store.busiest(8))
                .extracting(BusyKey::key)
                .containsExactly("k9", "k8", "k7", "k6", "k5", "k4", "large", "k3");
        assertThat(store.busiest(1)).containsExactly(new BusyKey("k9", 9, 0.9));
        assertThat(store.busiest(100)).extracting(BusyKey::key).doesNotContain("none");
    }
}
