package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DeadlinesTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final EventLoop LOOP = new DefaultEventLoop();

    private final Deadlines deadlines = new Deadlines(LOOP);
    private final List<String> due = new CopyOnWriteArrayList<>();

    @AfterAll
    static void stop() {
        LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void set_differentTimes_areDueInTheirOrder() {
        onLoop(() -> {
            deadlines.set(entry("60"), 60);
            deadlines.set(entry("5"), 5);
            deadlines.set(entry("30"), 30);
            deadlines.set(entry("30 too"), 30);
        });

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("5", "30", "30 too", "60"));
    }

    @Test
    void set_due_notBeforeItsTime() {
        long start = System.nanoTime();
        onLoop(() -> deadlines.set(entry("a"), 40));

        await().atMost(SOON).until(() -> !due.isEmpty());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
    }

    @Test
    void set_zero_isDueAtOnce() {
        onLoop(() -> deadlines.set(entry("now"), 0));

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("now"));
    }

    @Test
    void clear_beforeItIsDue_neverComes() {
        Named first = entry("first");
        Named middle = entry("middle");
        Named last = entry("last");
        onLoop(() -> {
            for (Named entry : List.of(first, entry("a"), middle, entry("b"), last)) {
                deadlines.set(entry, 10);
            }
            first.clearDeadline();
            middle.clearDeadline();
            last.clearDeadline();
            last.clearDeadline();
        });

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("a", "b"));
        settle();
        assertThat(due).containsExactly("a", "b");
    }

    @Test
    void clear_withoutADeadline_doesNothing() {
        onLoop(() -> entry("a").clearDeadline());

        settle();
        assertThat(due).isEmpty();
    }

    @Test
    void set_again_replacesTheOneBefore() {
        Named sooner = entry("sooner");
        Named later = entry("later");
        onLoop(() -> {
            deadlines.set(sooner, 60_000);
            deadlines.set(sooner, 5);
            deadlines.set(later, 5);
            deadlines.set(later, 50);
            deadlines.set(entry("between"), 25);
        });

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("sooner", "between", "later"));
        settle();
        assertThat(due).hasSize(3);
    }

    @Test
    void set_sameTimeAgain_goesToTheEnd() {
        Named moved = entry("moved");
        onLoop(() -> {
            deadlines.set(moved, 10);
            deadlines.set(entry("other"), 10);
            deadlines.set(moved, 10);
        });

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("other", "moved"));
    }

    @Test
    void onDeadline_mayItselfSetAndClear() {
        Named cleared = entry("cleared");
        Named again = new Named("again") {
            private int times;

            @Override
            void onDeadline() {
                super.onDeadline();
                cleared.clearDeadline();
                if (++times < 3) {
                    deadlines.set(this, 5);
                }
            }
        };
        onLoop(() -> {
            deadlines.set(again, 5);
            deadlines.set(cleared, 5);
        });

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("again", "again", "again"));
    }

    @Test
    void set_afterAPauseWithNothingDue_isDueAgain() {
        onLoop(() -> deadlines.set(entry("first"), 2));
        await().atMost(SOON).until(() -> due.size() == 1);

        onLoop(() -> deadlines.set(entry("second"), 2));

        await().atMost(SOON).untilAsserted(() -> assertThat(due).containsExactly("first", "second"));
    }

    @Test
    void set_many_areEachDueOnceUnlessCleared() {
        List<String> expected = new ArrayList<>();
        onLoop(() -> {
            List<Named> all = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                Named entry = entry(Integer.toString(i));
                all.add(entry);
                deadlines.set(entry, 5 + i % 7);
            }
            for (int i = 0; i < all.size(); i++) {
                if (i % 3 == 0) {
                    all.get(i).clearDeadline();
                } else {
                    expected.add(all.get(i).name);
                }
            }
        });

        await().atMost(SOON).until(() -> due.size() >= expected.size());
        settle();
        assertThat(due).containsExactlyInAnyOrderElementsOf(expected);
    }

    private Named entry(String name) {
        return new Named(name);
    }

    private static void onLoop(Runnable task) {
        LOOP.submit(task).syncUninterruptibly();
    }

    /** Whatever is due within the next moments has come when this returns. */
    private static void settle() {
        LOOP.schedule(() -> {}, 30, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    private class Named extends Deadlines.Entry {

        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        void onDeadline() {
            assertThat(LOOP.inEventLoop()).isTrue();
            due.add(name);
        }
    }
}
