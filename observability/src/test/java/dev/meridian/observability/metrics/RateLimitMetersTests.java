package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.RateLimitAutoConfiguration;
import dev.meridian.filters.ratelimit.RateLimitDefinition.StoreKind;
import dev.meridian.filters.ratelimit.RateLimiter.Outcome;
import dev.meridian.filters.ratelimit.RateLimits;
import dev.meridian.filters.ratelimit.StoreState;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.refresh.ConfigPart;
import dev.meridian.routes.validate.CandidateConfig;
import dev.meridian.testkit.time.FakeTicker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableReactiveWebApplicationContext;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class RateLimitMetersTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(RateLimitAutoConfiguration.class))
            .withPropertyValues("meridian.rate-limits.one.limit=2", "meridian.rate-limits.one.window=31d");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final FakeTicker ticker = new FakeTicker();
    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final AtomicReference<StoreState> store = new AtomicReference<>(StoreState.OF_THIS_PROCESS);

    private void with(Consumer<AssertableReactiveWebApplicationContext> test) {
        runner.run(context -> {
            try (RateLimitMeters meters =
                    new RateLimitMeters(context.getBean(RateLimits.class), store::get, ticker, scheduler)) {
                meters.bindTo(registry);
                test.accept(context);
            }
        });
    }

    @Test
    void outcomesAreCounted_andKeys() {
        with(context -> {
            for (int i = 0; i < 3; i++) {
                request(context);
            }
            ticker.advance(Duration.ofSeconds(1));

            assertThat(requests("one", "admitted")).isEqualTo(2);
            assertThat(requests("one", "refused")).isEqualTo(1);
            for (Outcome outcome : Outcome.values()) {
                assertThat(registry.find("meridian.ratelimit.requests")
                                .tags("policy", "one", "outcome", words(outcome))
                                .functionCounter())
                        .isNotNull();
            }
            assertThat(gauge("meridian.ratelimit.keys").value()).isOne();
        });
    }

    @Test
    void policiesComeAndGo() {
        with(context -> {
            request(context);
            change(context, "two");
            scheduler.advanceTimeBy(Duration.ofSeconds(SampledFigures.REFRESH_SECONDS));

            assertThat(requests("two", "admitted")).isZero();
            assertThat(registry.find("meridian.ratelimit.requests")
                            .tag("policy", "one")
                            .meters())
                    .isEmpty();
            assertThat(registry.find("meridian.ratelimit.keys")
                            .tag("policy", "one")
                            .meters())
                    .isEmpty();
        });
    }

    @Test
    void store_isToldOf() {
        with(context -> {
            assertThat(gauge("meridian.ratelimit.store.available").value()).isOne();
            assertThat(gauge("meridian.ratelimit.gateways").value()).isOne();

            store.set(new StoreState(StoreKind.REDIS, false, 4, null, "gone"));

            assertThat(gauge("meridian.ratelimit.store.available").value()).isZero();
            assertThat(gauge("meridian.ratelimit.gateways").value()).isEqualTo(4);
        });
    }

    private static void change(AssertableReactiveWebApplicationContext context, String policy) {
        MockEnvironment next = new MockEnvironment();
        next.setProperty("meridian.rate-limits." + policy + ".limit", "2");
        next.setProperty("meridian.rate-limits." + policy + ".window", "1s");
        ConfigProblems problems = new ConfigProblems(next);
        ConfigPart.Prepared prepared = context.getBean(ConfigPart.class).prepare(new CandidateConfig(next), problems);
        problems.throwIfAny();
        prepared.commit();
    }

    private static void request(AssertableReactiveWebApplicationContext context) {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        filter(context.getBean(GatewayFilterFactory.class))
                .filter(exchange, passed -> Mono.empty())
                .block(SOON);
    }

    private static <C> GatewayFilter filter(GatewayFilterFactory<C> factory) {
        C config = factory.newConfig();
        new BeanWrapperImpl(config).setPropertyValue("policies", List.of("one"));
        return factory.apply(config);
    }

    private static String words(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private double requests(String policy, String outcome) {
        FunctionCounter counter = registry.get("meridian.ratelimit.requests")
                .tags("policy", policy, "outcome", outcome)
                .functionCounter();
        return counter.count();
    }

    private Gauge gauge(String name) {
        return registry.get(name).gauge();
    }
}
