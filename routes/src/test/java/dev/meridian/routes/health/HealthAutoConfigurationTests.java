package dev.meridian.routes.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

class HealthAutoConfigurationTests {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final ReactiveWebApplicationContextRunner runner =
            new ReactiveWebApplicationContextRunner().withUserConfiguration(Application.class);

    @Test
    void context_hasWhatLooksAfterUpstreams() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .hasSingleBean(UpstreamSupervisor.class)
                .hasSingleBean(LiveStates.class)
                .hasSingleBean(ReactorProber.class));
    }

    @Test
    void context_gatewaySwitchedOff_hasNothingOfOurs() {
        runner.withPropertyValues("spring.cloud.gateway.server.webflux.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(UpstreamSupervisor.class)
                        .doesNotHaveBean(Prober.class));
    }

    @Test
    void context_applicationsOwnProber_goesFirst() {
        runner.withUserConfiguration(OwnProber.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(ReactorProber.class)
                        .hasSingleBean(Prober.class));
    }

    @Test
    void context_checkedUpstream_losesAndRegainsARegion() {
        try (Backend eu = Backend.start(Behaviour.answer(200, ""));
                Backend us = Backend.start(Behaviour.answer(200, ""))) {
            runner.withPropertyValues(
                            "meridian.upstreams.orders.regions.eu.endpoints=" + eu.url(),
                            "meridian.upstreams.orders.regions.us.endpoints=" + us.url(),
                            "meridian.upstreams.orders.regions.us.priority=1",
                            "meridian.upstreams.orders.health-check.path=/healthz",
                            "meridian.upstreams.orders.health-check.interval=100ms",
                            "meridian.upstreams.orders.health-check.timeout=5s",
                            "meridian.upstreams.orders.ramp=100ms")
                    .run(context -> {
                        Upstream orders = Objects.requireNonNull(
                                context.getBean(UpstreamRegistry.class).find("orders"));
                        assertThat(eu.awaitRequests(3))
                                .allSatisfy(
                                        request -> assertThat(request.target()).isEqualTo("/healthz"));
                        assertThat(Lab.regions(orders, 100)).containsOnlyKeys("eu");

                        eu.behave(Behaviour.answer(500, ""));
                        await().atMost(SOON)
                                .untilAsserted(() ->
                                        assertThat(Lab.regions(orders, 100)).containsOnlyKeys("us"));
                        eu.behave(Behaviour.answer(200, ""));
                        await().atMost(SOON)
                                .untilAsserted(() ->
                                        assertThat(Lab.regions(orders, 100)).containsOnlyKeys("eu"));
                    });
        }
    }

    /** Event loops do not end while somebody still checks over them. */
    @Test
    void context_closed_doesNotWaitForChecks() {
        try (Backend eu = Backend.start(Behaviour.answer(200, ""))) {
            long[] closing = new long[1];
            runner.withPropertyValues(
                            "meridian.upstreams.orders.endpoints=" + eu.url(),
                            "meridian.upstreams.orders.health-check.interval=100ms")
                    .run(context -> {
                        eu.awaitRequests(1);
                        closing[0] = System.nanoTime();
                    });

            assertThat(Duration.ofNanos(System.nanoTime() - closing[0])).isLessThan(Duration.ofSeconds(10));
        }
    }

    /** Without any checks: real requests find out that it is gone, and a connection that it is back. */
    @Test
    void context_uncheckedUpstream_isOutWhileItTakesNoConnections() {
        try (Backend eu = Backend.start(Behaviour.answer(200, ""))) {
            runner.withPropertyValues(
                            "meridian.upstreams.orders.regions.eu.endpoints=" + eu.url(),
                            "meridian.upstreams.orders.regions.us.endpoints=http://127.0.0.1:1",
                            "meridian.upstreams.orders.regions.us.priority=1",
                            "meridian.upstreams.orders.ramp=100ms")
                    .run(context -> {
                        Upstream orders = Objects.requireNonNull(
                                context.getBean(UpstreamRegistry.class).find("orders"));
                        eu.stop();
                        for (int i = 0; i < 5; i++) {
                            Lab.live(orders, "127.0.0.1").onFailure(true);
                        }
                        await().atMost(SOON)
                                .untilAsserted(() ->
                                        assertThat(Lab.regions(orders, 100)).containsOnlyKeys("us"));
                        eu.restartOnSamePort();
                        await().atMost(SOON)
                                .untilAsserted(() ->
                                        assertThat(Lab.regions(orders, 100)).containsOnlyKeys("eu"));
                    });
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnProber {

        @Bean
        Prober ownProber() {
            return (endpoint, check, protocol) -> Mono.just(Probe.passed(1));
        }
    }
}
