package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.forward.UpstreamTransport.PoolView;
import dev.meridian.testkit.time.FakeTicker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class UpstreamPoolMetersTests {

    private static final Duration REFRESH = Duration.ofSeconds(SampledFigures.REFRESH_SECONDS);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeTicker ticker = new FakeTicker();
    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final AtomicInteger asked = new AtomicInteger();
    private Collection<PoolView> pools = List.of();
    private final UpstreamPoolMeters meters = new UpstreamPoolMeters(this::read, ticker, scheduler);

    @Test
    void bindTo_pools_showsActiveIdleAndPending() {
        pools = List.of(new PoolView("orders", 10, 4, 2), new PoolView("10.0.0.1:80", 1, 1, 0));

        meters.bindTo(registry);

        assertThat(connections("orders", "active")).isEqualTo(6);
        assertThat(connections("orders", "idle")).isEqualTo(4);
        assertThat(pending("orders")).isEqualTo(2);
        assertThat(connections("10.0.0.1:80", "active")).isZero();
        assertThat(registry.getMeters()).hasSize(6);
    }

    @Test
    void pools_comeAndGo_withoutLeavingMeters() {
        meters.bindTo(registry);
        assertThat(registry.getMeters()).isEmpty();

        for (int round = 0; round < 50; round++) {
            pools = List.of(new PoolView("stays", 1, 0, 0), new PoolView("pool-" + round, 3, 1, 1));
            pass(REFRESH);
            assertThat(registry.getMeters()).hasSize(6);
            assertThat(connections("pool-" + round, "active")).isEqualTo(2);
        }
        pools = List.of();
        pass(REFRESH);

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void figures_areReadWhenAskedFor_butOnlyOnceASecond() {
        pools = List.of(new PoolView("orders", 1, 0, 0));
        meters.bindTo(registry);
        int before = asked.get();
        pools = List.of(new PoolView("orders", 5, 0, 0));

        assertThat(connections("orders", "active")).isOne();
        ticker.advance(Duration.ofNanos(SampledFigures.FRESH_NANOS));
        assertThat(connections("orders", "active")).isEqualTo(5);
        assertThat(connections("orders", "idle")).isZero();
        assertThat(pending("orders")).isZero();
        assertThat(asked.get()).isEqualTo(before + 1);
    }

    @Test
    void figures_poolThatVanished_areZeroUntilTheMeterGoes() {
        pools = List.of(new PoolView("orders", 1, 0, 3));
        meters.bindTo(registry);
        pools = List.of();
        ticker.advance(Duration.ofSeconds(2));

        assertThat(pending("orders")).isZero();
    }

    @Test
    void figures_idleAheadOfConnections_areNotNegative() {
        pools = List.of(new PoolView("orders", 1, 2, 0)); // two counters, not read in one step
        meters.bindTo(registry);

        assertThat(connections("orders", "active")).isZero();
    }

    @Test
    void pools_tooMany_areSummedUpAndKnownOnesKeepTheirs() {
        pools = List.of(new PoolView("orders", 1, 0, 0));
        meters.bindTo(registry);
        pools = IntStream.rangeClosed(0, 2 * UpstreamPoolMeters.MAX_POOLS)
                .mapToObj(i -> i == 2 * UpstreamPoolMeters.MAX_POOLS
                        ? new PoolView("orders", 7, 0, 0)
                        : new PoolView("host-" + i, 1, 0, 0))
                .toList();
        pass(REFRESH);

        assertThat(registry.find("meridian.upstream.pending").meters()).hasSize(UpstreamPoolMeters.MAX_POOLS + 1);
        assertThat(connections("orders", "active")).isEqualTo(7);
        assertThat(connections("other", "active")).isEqualTo(UpstreamPoolMeters.MAX_POOLS + 1);
    }

    @Test
    void transportThatFails_isAskedAgain() {
        meters.bindTo(registry);
        pools = new java.util.AbstractList<>() {
            @Override
            public PoolView get(int index) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public int size() {
                return 1;
            }
        };
        pass(REFRESH);
        pools = List.of(new PoolView("orders", 1, 0, 0));
        pass(REFRESH);

        assertThat(connections("orders", "active")).isOne();
    }

    @Test
    void bindTo_twoRegistries_fillsBoth() {
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        pools = List.of(new PoolView("orders", 1, 0, 0));
        meters.bindTo(registry);
        meters.bindTo(other);

        assertThat(registry.getMeters()).hasSize(3);
        assertThat(other.getMeters()).hasSize(3);
    }

    @Test
    void close_stopsLooking() {
        meters.bindTo(registry);
        meters.close();
        int before = asked.get();
        pass(REFRESH.multipliedBy(10));

        assertThat(asked.get()).isEqualTo(before);
    }

    private Collection<PoolView> read() {
        asked.incrementAndGet();
        return pools;
    }

    private void pass(Duration time) {
        ticker.advance(time);
        scheduler.advanceTimeBy(time);
    }

    private double connections(String upstream, String state) {
        return registry.get("meridian.upstream.connections")
                .tags("upstream", upstream, "state", state)
                .gauge()
                .value();
    }

    private double pending(String upstream) {
        return registry.get("meridian.upstream.pending")
                .tags("upstream", upstream)
                .gauge()
                .value();
    }
}
