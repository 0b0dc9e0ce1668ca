package dev.meridian.routes.health;

import static dev.meridian.routes.upstream.Lab.region;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class HealthCheckerTests {

    private final Lab lab = new Lab();
    private final FakeProber prober = new FakeProber();
    private final List<String> results = new ArrayList<>();
    private final HealthChecker checker = new HealthChecker(
            prober,
            lab.random,
            (upstream, endpoint, probe) -> results.add(endpoint.endpoint().host() + " " + probe.reason()));

    @Test
    void startDue_firstTime_checksEveryEndpointAtOnce() {
        look(upstream("eu", 3, "health-check.path=/healthz"));

        assertThat(prober.hosts()).containsExactly("eu0", "eu1", "eu2");
        assertThat(prober.asked.get(0).check().path()).isEqualTo("/healthz");
        assertThat(prober.asked.get(0).protocol()).isEqualTo(Protocol.HTTP1);
    }

    @Test
    void startDue_noChecksConfigured_asksNobody() {
        look(upstream("eu", 3));

        assertThat(prober.asked).isEmpty();
    }

    @Test
    void startDue_checkUnderWay_doesNotStartAnother() {
        Upstream upstream = upstream("eu", 1, "health-check.interval=1s", "health-check.timeout=10m");
        look(upstream);
        for (int i = 0; i < 100; i++) {
            lab.ticker.advance(Duration.ofSeconds(1));
            look(upstream);
        }
        assertThat(prober.asked).hasSize(1);

        prober.answer(0, Probe.failed("status 500"));
        assertThat(results).containsExactly("eu0 status 500");
        look(upstream);
        assertThat(prober.asked).hasSize(2);
    }

    /** A gateway that has just begun must not be drowned by its own checks. */
    @Test
    void startDue_manyEndpoints_areNotAllAskedAtOnceButAllInTheEnd() {
        Upstream upstream = upstream("eu", 600, "health-check.interval=1s", "health-check.timeout=10m");
        look(upstream);
        assertThat(prober.asked).hasSize(256);
        look(upstream);
        assertThat(prober.asked).hasSize(256);

        for (int asked = 0; asked < 600; asked++) {
            prober.answer(asked, Probe.passed(1));
            look(upstream);
        }
        assertThat(prober.asked).hasSize(600).doesNotHaveDuplicates();
    }

    @Test
    void startDue_untilTheIntervalIsOver_waits() {
        Upstream upstream = upstream("eu", 1, "health-check.interval=10s");
        look(upstream);
        prober.answer(0, Probe.passed(1));

        lab.ticker.advance(Duration.ofMillis(8_999));
        look(upstream);
        assertThat(prober.asked).hasSize(1);

        lab.ticker.advance(Duration.ofMillis(2_001));
        look(upstream);
        assertThat(prober.asked).hasSize(2);
    }

    @Test
    void startDue_intervals_areATenthOffEitherWay() {
        Upstream upstream = upstream("eu", 1, "health-check.interval=1s");
        List<Long> intervals = new ArrayList<>();
        prober.answersAtOnce = true;
        look(upstream);
        long last = lab.ticker.getAsLong();
        while (prober.asked.size() < 200) {
            int before = prober.asked.size();
            lab.ticker.advance(Duration.ofMillis(1));
            look(upstream);
            if (prober.asked.size() > before) {
                intervals.add((lab.ticker.getAsLong() - last) / 1_000_000);
                last = lab.ticker.getAsLong();
            }
        }

        assertThat(intervals).allSatisfy(each -> assertThat(each).isBetween(900L, 1101L));
        assertThat(intervals).anySatisfy(each -> assertThat(each).isLessThan(930));
        assertThat(intervals).anySatisfy(each -> assertThat(each).isGreaterThan(1070));
        assertThat(intervals.stream().mapToLong(each -> each).average().orElseThrow())
                .isBetween(985.0, 1015.0);
    }

    @Test
    void startDue_configurationChanges_keepsTheSchedule() {
        look(upstream("eu", 1, "health-check.interval=10s"));
        prober.answer(0, Probe.passed(1));
        look(upstream("eu", 2, "health-check.interval=10s", "balance=random"));

        assertThat(prober.hosts()).containsExactly("eu0", "eu1");
    }

    @Test
    void startDue_unreachableWithoutChecks_triesToConnectOnceASecond() {
        Upstream upstream = upstream("eu", 2, "timeout.connect=700ms");
        Lab.live(upstream, "eu1").state().health().unreachable(true);
        prober.answersAtOnce = true;
        for (int i = 0; i < 100; i++) {
            look(upstream);
            lab.ticker.advance(Duration.ofMillis(100));
        }

        assertThat(prober.hosts()).containsOnly("eu1").hasSizeBetween(9, 11);
        HealthCheckDefinition check = prober.asked.get(0).check();
        assertThat(check.type()).isEqualTo(HealthCheckDefinition.Type.TCP);
        assertThat(check.timeout()).isEqualTo(Duration.ofMillis(700));

        Lab.live(upstream, "eu1").state().health().unreachable(false);
        int before = prober.asked.size();
        lab.ticker.advance(Duration.ofMinutes(1));
        look(upstream);
        assertThat(prober.asked).hasSize(before);
    }

    @Test
    void startDue_unreachableWithChecks_isCheckedAsConfigured() {
        Upstream upstream = upstream("eu", 1, "health-check.path=/healthz");
        Lab.live(upstream, "eu0").state().health().unreachable(true);
        look(upstream);

        assertThat(prober.asked.get(0).check().type()).isEqualTo(HealthCheckDefinition.Type.HTTP);
    }

    @Test
    void startDue_severalUpstreams_areAllChecked() {
        checker.startDue(
                List.of(
                        upstream("eu", 1, "health-check.type=tcp"),
                        upstream("us", 1),
                        upstream("ap", 1, "health-check.type=tcp")),
                lab.ticker.getAsLong());

        Set<String> hosts = new TreeSet<>(prober.hosts());
        assertThat(hosts).containsExactly("ap0", "eu0");
    }

    private void look(Upstream upstream) {
        checker.startDue(List.of(upstream), lab.ticker.getAsLong());
    }

    private Upstream upstream(String region, int size, String... settings) {
        return lab.upstream(Lab.settings(settings), region(region, 0, 1, size));
    }

    private static final class FakeProber implements Prober {

        private final List<Asked> asked = new ArrayList<>();
        private boolean answersAtOnce;

        record Asked(Endpoint endpoint, HealthCheckDefinition check, Protocol protocol, Sinks.One<Probe> answer) {}

        @Override
        public Mono<Probe> probe(Endpoint endpoint, HealthCheckDefinition check, Protocol protocol) {
            Asked one = new Asked(endpoint, check, protocol, Sinks.one());
            asked.add(one);
            return answersAtOnce ? Mono.just(Probe.passed(1)) : one.answer().asMono();
        }

        void answer(int i, Probe probe) {
            asked.get(i).answer().tryEmitValue(probe);
        }

        List<String> hosts() {
            return asked.stream().map(each -> each.endpoint().host()).toList();
        }
    }
}
