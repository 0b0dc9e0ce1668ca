package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.meridian.filters.forward.UpstreamTransport;
import dev.meridian.observability.exchange.ExchangeAutoConfiguration;
import dev.meridian.observability.exchange.ExchangeObserver;
import dev.meridian.routes.discovery.DiscoveredUpstreams;
import dev.meridian.routes.health.HealthListener;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.web.server.WebFilter;

class MetricsAutoConfigurationTests {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    dev.meridian.observability.metrics.MetricsAutoConfiguration.class,
                    ExchangeAutoConfiguration.class));
    private final ReactiveWebApplicationContextRunner withBoot = runner.withConfiguration(AutoConfigurations.of(
            MetricsAutoConfiguration.class,
            CompositeMeterRegistryAutoConfiguration.class,
            SimpleMetricsExportAutoConfiguration.class));

    @Test
    void withoutARegistry_nothingIsThere() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(ExchangeObserver.class)
                .doesNotHaveBean(WebFilter.class));
    }

    @Test
    void withBootsRegistry_exchangesAreMeasured() {
        withBoot.run(context -> {
            assertThat(context).hasSingleBean(ExchangeMeters.class).hasSingleBean(WebFilter.class);
            assertThat(context).doesNotHaveBean(UpstreamPoolMeters.class);
            assertThat(context.getBean(MeterRegistry.class)
                            .get("meridian.requests.active")
                            .gauge()
                            .value())
                    .isZero();
        });
    }

    @Test
    void withSeveralRegistriesAndNoPrimary_nothingIsThere() {
        runner.withBean("one", SimpleMeterRegistry.class)
                .withBean("two", SimpleMeterRegistry.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ExchangeMeters.class));
    }

    @Test
    void withATransport_itsPoolsAreBound() {
        UpstreamTransport transport = mock(UpstreamTransport.class);
        when(transport.pools()).thenReturn(List.of(new UpstreamTransport.PoolView("orders", 3, 1, 2)));

        withBoot.withBean(UpstreamTransport.class, () -> transport)
                .run(context -> assertThat(context.getBean(MeterRegistry.class)
                                .get("meridian.upstream.pending")
                                .tag("upstream", "orders")
                                .gauge()
                                .value())
                        .isEqualTo(2));
    }

    @Test
    void withUpstreams_theirStateIsShownAndTheirEventsAreCounted() {
        Upstream orders = new UpstreamsAtHand().create("orders", UpstreamsAtHand.region("eu", 1, 1));
        UpstreamRegistry upstreams = new UpstreamRegistry(Map.of("orders", orders));
        DiscoveredUpstreams none =
                new DiscoveredUpstreams(null, orders.settings(), (name, regions, settings) -> orders, System::nanoTime);

        withBoot.withBean(UpstreamRegistry.class, () -> upstreams)
                .withBean(DiscoveredUpstreams.class, () -> none)
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(HealthListener.class);
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("meridian.upstream.region.share")
                                    .tags("upstream", "orders", "region", "eu")
                                    .gauge()
                                    .value())
                            .isOne();
                    assertThat(registry.get("meridian.upstream.ejections")
                                    .tags("upstream", "orders", "region", "eu")
                                    .counter()
                                    .count())
                            .isZero();
                });
    }

    @Test
    void distributions_areOffUntilBootsPropertiesAskForThem() {
        withBoot.run(context -> assertThat(
                        percentiles(context.getBean(MeterRegistry.class), context.getBean(ExchangeMeters.class)))
                .isEmpty());
        withBoot.withPropertyValues("management.metrics.distribution.percentiles.meridian.requests=0.99")
                .run(context -> assertThat(percentiles(
                                context.getBean(MeterRegistry.class), context.getBean(ExchangeMeters.class)))
                        .hasSize(1));
    }

    @Test
    void switchedOffByBootsProperty_nothingIsRegistered() {
        withBoot.withPropertyValues("management.metrics.enable.meridian=false").run(context -> {
            ExchangeMeters meters = context.getBean(ExchangeMeters.class);
            meters.onStart();
            meters.onEnd(Ends.of("a", "pool"));

            assertThat(context.getBean(MeterRegistry.class).getMeters())
                    .noneMatch(meter -> meter.getId().getName().startsWith("meridian."));
        });
    }

    @Test
    void gatewayOff_nothingIsThere() {
        withBoot.withPropertyValues("spring.cloud.gateway.server.webflux.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(ExchangeMeters.class));
    }

    private static ValueAtPercentile[] percentiles(MeterRegistry registry, ExchangeMeters meters) {
        meters.onStart();
        meters.onEnd(Ends.of("a", "pool"));
        return registry.get("meridian.requests").timer().takeSnapshot().percentileValues();
    }
}
