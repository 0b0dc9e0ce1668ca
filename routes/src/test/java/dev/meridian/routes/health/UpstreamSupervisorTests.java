package dev.meridian.routes.health;

import static dev.meridian.routes.upstream.Lab.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;

class UpstreamSupervisorTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    private final Lab lab = new Lab();
    private final UpstreamSettings checked = Lab.settings("health-check.path=/healthz");
    private final Map<String, Sinks.One<Probe>> probes = new java.util.concurrent.ConcurrentHashMap<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private volatile List<Upstream> upstreams = List.of();
    private final UpstreamSupervisor supervisor = new UpstreamSupervisor(
            () -> upstreams,
            lab.states,
            (endpoint, check, protocol) ->
                    probes.computeIfAbsent(endpoint.host(), host -> Sinks.one()).asMono(),
            lab.random,
            List.of(new HealthListener() {

                @Override
                public void onAvailability(
                        Upstream upstream,
                        LiveEndpoint endpoint,
                        Availability before,
                        Availability now,
                        String reason) {
                    told.add(endpoint.endpoint().host() + " " + now);
                }
            }),
            lab.ticker);

    @AfterEach
    void close() {
        supervisor.close();
    }

    @Test
    void call_suspect_isOutAtOnce() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 1), region("us", 1, 1, 1));
        upstreams = List.of(upstream);
        for (int i = 0; i < 5; i++) {
            Lab.live(upstream, "eu0").onFailure(true);
        }
        supervisor.start();
        supervisor.call();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Lab.regions(upstream, 10)).containsOnlyKeys("us"));
        assertThat(told).containsExactly("eu0 UNREACHABLE");
    }

    @Test
    void start_checkFails_isOut() {
        Upstream upstream = lab.upstream(checked, region("eu", 0, 1, 1), region("us", 1, 1, 1));
        upstreams = List.of(upstream);
        supervisor.start();
        await().atMost(SOON).until(() -> probes.size() == 2);
        answer("us0", Probe.passed(1));
        answer("eu0", Probe.failed("status 500"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Lab.regions(upstream, 10)).containsOnlyKeys("us"));
    }

    /** The check was begun for the one before; that is gone when it ends. */
    @Test
    void start_upstreamReplacedWhileACheckIsUnderWay_itsSuccessorLearnsOfIt() {
        upstreams = List.of(lab.upstream(checked, region("eu", 0, 1, 1), region("us", 1, 1, 1)));
        supervisor.start();
        await().atMost(SOON).until(() -> probes.size() == 2);
        Upstream successor = lab.upstream(checked, region("eu", 0, 1, 1), region("us", 1, 1, 1));
        upstreams = List.of(successor);
        answer("eu0", Probe.failed("status 500"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Lab.regions(successor, 10)).containsOnlyKeys("us"));
    }

    /** It was made before the verdict, and put in place after it. */
    @Test
    void start_upstreamThatKnowsTheOldVerdict_isWorkedOutAnew() {
        Upstream before = lab.upstream(Lab.settings(), region("eu", 0, 1, 1), region("us", 1, 1, 1));
        Upstream after = lab.upstream(Lab.settings(), region("eu", 0, 1, 1), region("us", 1, 1, 1));
        upstreams = List.of(before);
        for (int i = 0; i < 5; i++) {
            Lab.live(before, "eu0").onFailure(true);
        }
        supervisor.start();
        await().atMost(SOON).until(() -> told.contains("eu0 UNREACHABLE"));
        upstreams = List.of(after);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Lab.regions(after, 10)).containsOnlyKeys("us"));
    }

    @Test
    void start_regionReturns_itsShareGrowsWithTime() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 1), region("us", 1, 1, 1));
        lab.set(upstream, Availability.UNREACHABLE, "eu0");
        upstreams = List.of(upstream);
        supervisor.start();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(upstream.selector().shares().get(0).share()).isEqualTo(0.1));
        lab.ticker.advance(Duration.ofSeconds(15));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(upstream.selector().shares().get(0).share()).isBetween(0.49, 0.51));
    }

    @Test
    void start_oneLookFails_theNextOnesGoOn() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 1));
        upstreams = List.of(upstream);
        supervisor.start();
        upstreams = java.util.Arrays.asList(upstream, null);
        await().pollDelay(Duration.ofMillis(250)).atMost(SOON).until(() -> true);
        upstreams = List.of(upstream);
        for (int i = 0; i < 5; i++) {
            Lab.live(upstream, "eu0").onFailure(true);
        }

        await().atMost(SOON).until(() -> told.contains("eu0 UNREACHABLE"));
    }

    private void answer(String host, Probe probe) {
        java.util.Objects.requireNonNull(probes.get(host)).tryEmitValue(probe);
    }
}
