package dev.meridian.observability.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The meters of one route's requests to one upstream. Thread-safe. */
final class UpstreamMeters {

    private final MeterRegistry registry;
    private final String route;
    private final String upstream;
    private volatile @Nullable Timer firstByte;
    private volatile Failure[] failures = {};

    UpstreamMeters(MeterRegistry registry, String route, String upstream) {
        this.registry = registry;
        this.route = route;
        this.upstream = upstream;
    }

    String upstream() {
        return upstream;
    }

    void firstByte(long nanos) {
        Timer timer = firstByte;
        if (timer == null) {
            timer = Timer.builder(GatewayMeters.UPSTREAM_DURATION.getName())
                    .description(GatewayMeters.UPSTREAM_DURATION.description())
                    .tag(GatewayMeters.Tag.ROUTE.asString(), route)
                    .tag(GatewayMeters.Tag.UPSTREAM.asString(), upstream)
                    .register(registry);
            firstByte = timer;
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    void failure(String error) {
        for (Failure known : failures) {
            if (known.error().equals(error)) {
                known.counter().increment();
                return;
            }
        }
        add(error).increment();
    }

    private synchronized Counter add(String error) {
        // The registry has one counter for all routes to the upstream.
        Counter counter = Counter.builder(GatewayMeters.UPSTREAM_FAILURES.getName())
                .description(GatewayMeters.UPSTREAM_FAILURES.description())
                .tag(GatewayMeters.Tag.UPSTREAM.asString(), upstream)
                .tag(GatewayMeters.Tag.ERROR.asString(), error)
                .register(registry);
        if (Arrays.stream(failures).noneMatch(known -> known.error().equals(error))) {
            failures = Stream.concat(Arrays.stream(failures), Stream.of(new Failure(error, counter)))
                    .toArray(Failure[]::new);
        }
        return counter;
    }

    /** Of this route alone. */
    List<Timer> own() {
        return Stream.ofNullable(firstByte).toList();
    }

    /** Of all routes to the upstream. */
    List<Counter> shared() {
        return Arrays.stream(failures).map(Failure::counter).toList();
    }

    private record Failure(String error, Counter counter) {}
}
