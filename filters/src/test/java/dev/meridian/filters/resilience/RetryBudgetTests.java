package dev.meridian.filters.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTests {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final double SHARE = 0.2;

    private long now;

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE - 5, Long.MIN_VALUE + 5})
    void tryRetry_withoutRequests_threeInTenSeconds(long start) {
        RetryBudget budget = new RetryBudget(start);

        assertThat(taken(budget, start, 10)).isEqualTo(3);
        assertThat(taken(budget, start + 9 * SECOND, 10)).isZero();
        assertThat(taken(budget, start + 10 * SECOND, 10)).isEqualTo(3);
    }

    @Test
    void tryRetry_takesAShareOfTheRequests() {
        RetryBudget budget = new RetryBudget(now);
        requests(budget, 100);

        assertThat(budget.left(SHARE, now)).isEqualTo(20);
        assertThat(taken(budget, now, 100)).isEqualTo(20);
        assertThat(budget.left(SHARE, now)).isZero();
        assertThat(budget.retries(now)).isEqualTo(20);
        assertThat(budget.requests(now)).isEqualTo(100);
    }

    @Test
    void tryRetry_ofAnotherShare_takesWhatThatLeaves() {
        RetryBudget budget = new RetryBudget(now);
        requests(budget, 100);
        assertThat(taken(budget, now, 100)).isEqualTo(20);

        assertThat(budget.left(0.5, now)).isEqualTo(30);
        assertThat(budget.left(0.1, now)).isZero();
    }

    @Test
    void tryRetry_forgetsWhatIsTenSecondsOld() {
        RetryBudget budget = new RetryBudget(now);
        requests(budget, 100);
        now += 5 * SECOND;
        requests(budget, 50);

        assertThat(budget.left(SHARE, now)).isEqualTo(30);
        now += 5 * SECOND;
        assertThat(budget.left(SHARE, now)).isEqualTo(10);
        now += 5 * SECOND;
        assertThat(budget.left(SHARE, now)).isEqualTo(3);
        assertThat(budget.requests(now)).isZero();
    }

    @Test
    void tryRetry_afterALongPause_knowsNothingOfBefore() {
        RetryBudget budget = new RetryBudget(now);
        for (int i = 0; i < 100; i++) {
            requests(budget, 100);
            now += SECOND * 16;
            assertThat(budget.requests(now)).isZero();
        }
    }

    @Test
    void tryRepair_hasMoreToBeginWith_andCountsAsARetry() {
        RetryBudget budget = new RetryBudget(now);
        for (int i = 0; i < 32; i++) {
            assertThat(budget.tryRepair(SHARE, now)).isTrue();
        }
        assertThat(budget.tryRepair(SHARE, now)).isFalse();
        assertThat(budget.tryRetry(SHARE, now)).isFalse();

        requests(budget, 1_000);
        assertThat(budget.left(SHARE, now)).isEqualTo(168);
        assertThat(budget.tryRepair(SHARE, now)).isTrue();
    }

    @Test
    void giveBack_isThereAgain() {
        RetryBudget budget = new RetryBudget(now);
        assertThat(taken(budget, now, 3)).isEqualTo(3);

        budget.giveBack(now + SECOND);
        assertThat(budget.left(SHARE, now + SECOND)).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            budget.giveBack(now + SECOND);
        }
        assertThat(budget.retries(now + SECOND)).isZero();
    }

    /** Of a dead upstream, over a minute at a steady rate. */
    @Test
    void tryRetry_everyRequestFails_aFifthMore() {
        RetryBudget budget = new RetryBudget(now);
        int sent = 0;
        int requests = 60 * 300;
        for (int i = 0; i < requests; i++) {
            now += SECOND / 300;
            budget.onRequest(now);
            sent++;
            for (int attempt = 0; attempt < 2 && budget.tryRetry(SHARE, now); attempt++) {
                sent++;
            }
        }

        assertThat((double) sent / requests).isBetween(1.19, 1.2 + 3.0 / requests);
    }

    @Test
    void manyThreads_takeNoMoreThanThereIs() throws Exception {
        RetryBudget budget = new RetryBudget(now);
        int threads = 8;
        int each = 10_000;
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(threads);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int t = 0; t < threads; t++) {
                executor.execute(() -> {
                    for (int i = 0; i < each; i++) {
                        budget.onRequest(now);
                        if (budget.tryRetry(SHARE, now)) {
                            taken.incrementAndGet();
                        }
                    }
                    done.countDown();
                });
            }
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            executor.shutdownNow();
        }

        assertThat(budget.requests(now)).isEqualTo(threads * each);
        assertThat(budget.retries(now)).isEqualTo(taken.get());
        assertThat(taken.get()).isLessThanOrEqualTo(threads * each / 5);
    }

    @Test
    void budgets_ofOneName_areOne() {
        RetryBudgets budgets = new RetryBudgets(() -> now);
        RetryBudget orders = budgets.of("orders");
        orders.onRequest(now);

        assertThat(budgets.of("orders")).isSameAs(orders);
        assertThat(budgets.of("shop")).isNotSameAs(orders);
        assertThat(budgets.find("nobody")).isNull();
    }

    @Test
    void budgets_unused_areForgottenWhenOthersCome() {
        RetryBudgets budgets = new RetryBudgets(() -> now);
        budgets.of("gone");
        RetryBudget used = budgets.of("used");
        now += 601 * SECOND;
        used.onRequest(now);

        budgets.of("new");

        assertThat(budgets.find("gone")).isNull();
        assertThat(budgets.find("used")).isSameAs(used);
    }

    private void requests(RetryBudget budget, int count) {
        for (int i = 0; i < count; i++) {
            budget.onRequest(now);
        }
    }

    private static int taken(RetryBudget budget, long now, int tries) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            if (budget.tryRetry(SHARE, now)) {
                taken++;
            }
        }
        return taken;
    }
}
