package dev.meridian.routes.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigPollerTests {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofSeconds(30);

    private final List<String> refreshes = new ArrayList<>();
    private final Later later = new Later();
    private boolean readable = true;
    private boolean behind;
    private @Nullable RuntimeException thrown;
    private String files = "f1";
    private @Nullable String server = "s1";
    private double random = 0.5;

    private ConfigPoller poller(boolean watch, Duration poll) {
        Refreshing refreshing = new Refreshing() {

            @Override
            public boolean refresh(String cause) {
                refreshes.add(cause);
                if (readable) {
                    behind = false;
                }
                return readable;
            }

            @Override
            public boolean isBehind() {
                return behind;
            }
        };
        ConfigPoller poller = new ConfigPoller(
                refreshing,
                () -> {
                    if (thrown != null) {
                        throw thrown;
                    }
                    return files;
                },
                () -> {
                    if (server == null) {
                        throw new IOException("down");
                    }
                    return server;
                },
                watch,
                poll,
                () -> random,
                later::executor);
        poller.start();
        return poller;
    }

    /** Runs tasks when told to, and remembers how long they were to wait. */
    private static final class Later {

        private record Task(Runnable work, Duration delay) {}

        private final List<Task> tasks = new ArrayList<>();
        private boolean stopped;

        ScheduledExecutorService executor() {
            return (ScheduledExecutorService) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {ScheduledExecutorService.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "schedule" -> {
                            tasks.add(new Task(
                                    (Runnable) arguments[0],
                                    Duration.of((Long) arguments[1], ((TimeUnit) arguments[2]).toChronoUnit())));
                            yield null;
                        }
                        case "isShutdown" -> stopped;
                        case "shutdownNow" -> {
                            stopped = true;
                            yield List.of();
                        }
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        /** Runs the one that waits; returns how long it had to. */
        Duration run() {
            assertThat(tasks).hasSize(1);
            Task task = tasks.remove(0);
            task.work().run();
            return task.delay();
        }

        void run(int times) {
            for (int i = 0; i < times; i++) {
                run();
            }
        }
    }

    @Test
    void start_nothingToLookAt_needsNoThread() {
        assertThat(poller(false, Duration.ZERO).isRunning()).isFalse();
        assertThat(later.tasks).isEmpty();
    }

    @Test
    void stop_endsIt() {
        ConfigPoller poller = poller(true, Duration.ZERO);
        assertThat(poller.isRunning()).isTrue();
        poller.stop();
        later.run();

        assertThat(poller.isRunning()).isFalse();
        assertThat(later.tasks).isEmpty();
        assertThat(refreshes).isEmpty();
    }

    @Test
    void watch_readsOnceWhatHasChangedSinceTheStart() {
        poller(true, Duration.ZERO);
        later.run(5);

        assertThat(refreshes).containsExactly("watch");
    }

    @Test
    void watch_takesOverAFileThatHasSettled() {
        poller(true, Duration.ZERO);
        later.run(3);
        refreshes.clear();

        files = "f2";
        assertThat(later.run()).isEqualTo(SECOND);
        files = "f2 and more";
        assertThat(later.run()).isLessThan(SECOND);
        assertThat(refreshes).isEmpty();

        assertThat(later.run()).isLessThan(SECOND);
        assertThat(refreshes).containsExactly("watch");
        assertThat(later.run()).isEqualTo(SECOND);
        assertThat(refreshes).hasSize(1);
    }

    @Test
    void watch_lookingFails_looksAgain() {
        poller(true, Duration.ZERO);
        thrown = new IllegalStateException("odd");
        later.run(3);
        assertThat(refreshes).isEmpty();

        thrown = null;
        later.run(2);
        assertThat(refreshes).containsExactly("watch");
    }

    @Test
    void watch_cannotBeRead_isLeftUntilItChanges() {
        readable = false;
        poller(true, Duration.ZERO);
        later.run(5);
        assertThat(refreshes).hasSize(1);

        files = "f2";
        later.run(2);
        assertThat(refreshes).hasSize(2);
    }

    @Test
    void poll_waitsGiveOrTakeATenth() {
        random = 0;
        poller(false, POLL);
        random = 1;
        assertThat(later.run()).isEqualTo(Duration.ofSeconds(27));
        later.run(2);
        assertThat(later.run()).isEqualTo(Duration.ofSeconds(33));
    }

    @Test
    void poll_unchanged_readsNothing() {
        poller(false, POLL);
        later.run(2);
        assertThat(refreshes).containsExactly("poll");

        later.run(10);
        assertThat(refreshes).hasSize(1);
    }

    @Test
    void poll_takesOverWhatTheServerOrAFileSays() {
        poller(false, POLL);
        later.run(2);
        server = "s2";
        later.run();
        later.run();
        assertThat(refreshes).hasSize(2);

        files = "f2";
        later.run(2);
        assertThat(refreshes).hasSize(3);
        later.run(3);
        assertThat(refreshes).hasSize(3);
    }

    @Test
    void poll_serverDown_isTriedEachTimeAndUnderstoodWhenItReturns() {
        poller(false, POLL);
        later.run(2);
        refreshes.clear();

        server = null;
        readable = false;
        later.run(3);
        assertThat(refreshes).hasSize(3);

        // As it was before: whether anything else has changed meanwhile is to be found out nevertheless.
        server = "s1";
        readable = true;
        later.run();
        assertThat(refreshes).hasSize(4);
        later.run(3);
        assertThat(refreshes).hasSize(4);
    }

    @Test
    void poll_bad_isLeftUntilItChanges() {
        poller(false, POLL);
        later.run(5);

        assertThat(refreshes).hasSize(1);
    }

    @Test
    void poll_fileThatWatchCouldNotRead_isTriedAgain() {
        ConfigPoller watching = poller(true, POLL);
        List<Later.Task> both = new ArrayList<>(later.tasks);
        watching.stop();
        later.stopped = false;
        later.tasks.clear();
        assertThat(both).hasSize(2);
        Runnable watch = both.get(0).work();
        Runnable poll = both.get(1).work();
        watch.run();
        watch.run();
        poll.run();
        poll.run();
        refreshes.clear();

        files = "f2";
        readable = false;
        watch.run();
        watch.run();
        assertThat(refreshes).containsExactly("watch");
        readable = true;
        poll.run();
        poll.run();

        assertThat(refreshes).containsExactly("watch", "poll");
    }

    @Test
    void poll_lookingFails_looksAgain() {
        poller(false, POLL);
        thrown = new IllegalStateException("odd");
        later.run(3);
        thrown = null;
        later.run(2);

        assertThat(refreshes).isNotEmpty();
    }

    @Test
    void behind_catchesUpAndThenRests() {
        behind = true;
        readable = false;
        poller(false, Duration.ZERO);
        later.run(1);
        assertThat(later.run()).isLessThanOrEqualTo(POLL);
        later.run(2);
        assertThat(refreshes).hasSizeGreaterThanOrEqualTo(3).containsOnly("poll");

        readable = true;
        later.run();
        assertThat(behind).isFalse();
        assertThat(later.tasks).isEmpty();
    }
}
