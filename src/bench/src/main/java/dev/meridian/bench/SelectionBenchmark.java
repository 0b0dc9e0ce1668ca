package dev.meridian.bench;

import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.definition.HashKey;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.SelectionSettings;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One choice of region and endpoint with what is told of the request afterwards, as each request to an upstream makes it:
 * five regions of one priority, chosen by where the client is, all that a choice can ask for.
 *
 * <p>{@code java -jar src/bench/target/bench.jar Selection -prof gc}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SelectionBenchmark {

    private static final long TTFB_NANOS = Duration.ofMillis(3).toNanos();

    /** Regions times endpoints in each. */
    @Param({"5x20", "1x1000"})
    String size = "";

    @Param({"ROUND_ROBIN", "RANDOM", "LEAST_REQUEST", "LEAST_RESPONSE_TIME", "RESOURCE", "HASH"})
    BalanceAlgorithm balance = BalanceAlgorithm.ROUND_ROBIN;

    @Param({"WEIGHTED", "LATENCY", "GEO"})
    RegionSelection regions = RegionSelection.WEIGHTED;

    private @Nullable Upstream upstream;

    @Setup
    public void setUp() {
        int count = Integer.parseInt(size.substring(0, size.indexOf('x')));
        int each = Integer.parseInt(size.substring(size.indexOf('x') + 1));
        List<Region> all = new ArrayList<>();
        for (int r = 0; r < count; r++) {
            List<Endpoint> endpoints = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                endpoints.add(
                        new Endpoint("http", "10." + r + "." + i / 250 + "." + i % 250, 80, 1 + i % 3, null, Map.of()));
            }
            GeoPoint place = new GeoPoint(10.0 * r, 20.0 * r);
            all.add(new Region("region-" + r, 0, 1 + r, place, 0, ServingState.ACTIVE, endpoints));
        }
        UpstreamSettings defaults = new UpstreamSettings(
                Protocol.HTTP1,
                new PoolDefinition(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
                TimeoutDefinition.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)));
        UpstreamSettings settings = defaults.selecting(
                new SelectionSettings(regions, balance, HashKey.of("client-ip"), "cpu", 0.5, 1, true, Home.UNKNOWN));
        upstream = new RegionUpstreamFactory(
                        new LiveStates(),
                        new Breakers(Clock.systemUTC(), RegionUpstreamFactory.perThread(), change -> {}),
                        System::nanoTime,
                        RegionUpstreamFactory.perThread(),
                        suspect -> {})
                .create("orders", all, settings);
    }

    @Benchmark
    public @Nullable LiveEndpoint choose() {
        Upstream from = upstream;
        LiveEndpoint chosen = from == null ? null : from.choose(new OneRequest());
        if (chosen != null) {
            chosen.onStart();
            chosen.onResponse(200, TTFB_NANOS, System.nanoTime());
            chosen.onEnd();
        }
        return chosen;
    }

    private static final class OneRequest extends Selection {

        @Override
        public GeoPoint clientLocation() {
            return new GeoPoint(35, 35);
        }

        @Override
        public long keyHash() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
