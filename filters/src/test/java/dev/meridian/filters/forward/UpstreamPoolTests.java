package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class UpstreamPoolTests {

    private static final EventLoop LOOP = new DefaultEventLoop();

    @AfterAll
    static void stop() {
        LOOP.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void tryOpen_upToTheLimit_andAgainAfterAClose() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(2, 1));

        assertThat(pool.tryOpen()).isTrue();
        assertThat(pool.tryOpen()).isTrue();
        assertThat(pool.tryOpen()).isFalse();
        assertThat(pool.connections()).isEqualTo(2);

        pool.onClosed();
        assertThat(pool.connections()).isEqualTo(1);
        assertThat(pool.tryOpen()).isTrue();
        assertThat(pool.tryOpen()).isFalse();
    }

    @Test
    void tryQueue_upToTheLimit_andAgainAfterOneIsServed() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 2));
        HostPool member = CallRig.pool(LOOP, pool);

        assertThat(pool.tryQueue(member)).isTrue();
        assertThat(pool.tryQueue(member)).isTrue();
        assertThat(pool.tryQueue(member)).isFalse();
        assertThat(pool.pending()).isEqualTo(2);

        pool.onUnqueued(member);
        assertThat(pool.pending()).isEqualTo(1);
        assertThat(pool.tryQueue(member)).isTrue();
    }

    @Test
    void tryQueue_noneMayWait_isRefusedAtOnce() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 0));

        assertThat(pool.tryQueue(CallRig.pool(LOOP, pool))).isFalse();
        assertThat(pool.pending()).isZero();
    }

    @Test
    void othersWait_isAboutTheOthersOnly() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 2));
        HostPool one = CallRig.pool(LOOP, pool);
        HostPool two = CallRig.pool(LOOP, pool);
        assertThat(pool.othersWait(one)).isFalse();

        pool.tryQueue(one);

        assertThat(pool.othersWait(one)).isFalse();
        assertThat(pool.othersWait(two)).isTrue();

        pool.onUnqueued(one);
        assertThat(pool.othersWait(two)).isFalse();
    }

    @Test
    void configure_moreConnectionsAllowed_areOpened() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 1));
        assertThat(pool.tryOpen()).isTrue();
        assertThat(pool.tryOpen()).isFalse();

        pool.configure(CallRig.settings(2, 1));

        assertThat(pool.tryOpen()).isTrue();
        assertThat(pool.tryOpen()).isFalse();
    }

    @Test
    void configure_fewerConnectionsAllowed_isOverUntilTheyAreClosed() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(2, 1));
        pool.tryOpen();
        pool.tryOpen();
        assertThat(pool.isOver()).isFalse();

        pool.configure(CallRig.settings(1, 1));

        assertThat(pool.isOver()).isTrue();
        pool.onClosed();
        assertThat(pool.isOver()).isFalse();
        assertThat(pool.tryOpen()).isFalse();
    }

    @Test
    void configure_moreMayWait_isTrueAtOnce() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 0));
        HostPool member = CallRig.pool(LOOP, pool);
        assertThat(pool.tryQueue(member)).isFalse();

        member.configure(CallRig.settings(1, 1));

        assertThat(pool.tryQueue(member)).isTrue();
    }

    @Test
    void remove_lastMember_saysSo() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 1));
        HostPool one = CallRig.pool(LOOP, pool);
        HostPool two = CallRig.pool(LOOP, pool);

        assertThat(pool.remove(one)).isFalse();
        assertThat(pool.remove(two)).isTrue();
    }

    @Test
    void idleChanged_addsUp() {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(1, 1));

        pool.idleChanged(1);
        pool.idleChanged(1);
        pool.idleChanged(-1);

        assertThat(pool.idle()).isEqualTo(1);
    }

    @Test
    void tryOpen_manyThreads_neverExceedTheLimit() throws Exception {
        UpstreamPool pool = new UpstreamPool("p", CallRig.settings(100, 1));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch ready = new CountDownLatch(4);
            List<Future<Integer>> opened = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                opened.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    int count = 0;
                    for (int i = 0; i < 1_000; i++) {
                        count += pool.tryOpen() ? 1 : 0;
                    }
                    return count;
                }));
            }
            int total = 0;
            for (Future<Integer> one : opened) {
                total += one.get(10, TimeUnit.SECONDS);
            }
            assertThat(total).isEqualTo(100);
            assertThat(pool.connections()).isEqualTo(100);
        } finally {
            threads.shutdownNow();
        }
    }
}
