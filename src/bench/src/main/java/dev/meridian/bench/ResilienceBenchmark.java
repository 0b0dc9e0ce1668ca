package dev.meridian.bench;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.resilience.Backoff;
import dev.meridian.filters.resilience.RetryBudget;
import dev.meridian.filters.resilience.RetryBudgets;
import dev.meridian.filters.resilience.RetryDecision;
import dev.meridian.filters.resilience.SentRequest;
import dev.meridian.routes.definition.RetryDefinition;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.region.RegionUpstreamFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * What retries cost a request: the count of it, which every request to an upstream has, and the decision with its pause and
 * its payment, which those have that fail.
 *
 * <p>{@code java -jar src/bench/target/bench.jar Resilience -prof gc}
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResilienceBenchmark {

    private final RetryDefinition settings = new Binder(
                    new MapConfigurationPropertySource(Map.of("retry.statuses", "502-504")))
            .bindOrCreate("retry", RetryDefinition.class);
    private final RetryBudgets budgets = new RetryBudgets(System::nanoTime);
    private final RetryBudget budget = budgets.of("orders");
    private final RandomGenerator random = RegionUpstreamFactory.perThread();
    private final GatewayException failure = GatewayException.of(Failure.CONNECTION_TERMINATED);

    /** Of every request. */
    @Benchmark
    public void count() {
        budgets.of("orders").onRequest(System.nanoTime());
    }

    /** The same, of two event loops at a time. */
    @Benchmark
    @Threads(2)
    public void countOnTwoThreads() {
        budgets.of("orders").onRequest(System.nanoTime());
    }

    /** Of every answer, where statuses are listed. */
    @Benchmark
    public boolean answer() {
        return StatusRange.anyContains(settings.statuses(), 200);
    }

    /** Of a failed request. */
    @Benchmark
    public long decide() {
        RetryDecision decision = RetryDecision.of(settings, failure, new SentRequest(true, true, 0));
        return decision == RetryDecision.RETRY ? Backoff.nanos(settings, 0, random) : -1;
    }

    /** Of a failed request that may be sent again, with the request's own count. */
    @Benchmark
    public boolean pay() {
        long now = System.nanoTime();
        budget.onRequest(now);
        return budget.tryRetry(settings.budget().fraction(), now);
    }
}
