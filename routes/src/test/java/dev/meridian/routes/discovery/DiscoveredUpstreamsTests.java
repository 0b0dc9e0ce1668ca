package dev.meridian.routes.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamSettings;
import dev.meridian.testkit.time.FakeTicker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class DiscoveredUpstreamsTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration REFRESH = Duration.ofSeconds(5);

    private final FakeTicker ticker =
            new FakeTicker(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());
    private final Lab lab = new Lab();
    private final FakeDiscovery discovery = new FakeDiscovery();
    private final UpstreamSettings settings = new UpstreamSettings(
            Protocol.HTTP1,
            new PoolDefinition(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
            TimeoutDefinition.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    private final DiscoveredUpstreams upstreams = new DiscoveredUpstreams(discovery, settings, lab.factory, ticker);

    @Test
    void find_noDiscovery_isEmpty() {
        StepVerifier.create(new DiscoveredUpstreams(null, settings, lab.factory, ticker).find("orders"))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void find_unknownService_isEmptyAndAskedForEachTime() {
        assertThat(upstreams.find("nobody").blockOptional(SOON)).isEmpty();
        assertThat(upstreams.find("nobody").blockOptional(SOON)).isEmpty();

        assertThat(discovery.asked()).containsExactly("nobody", "nobody");
    }

    @Test
    void find_knownService_isAnUpstreamWithTheSettings() {
        discovery.answers(instance("10.0.0.1", 8080, false, Map.of()), instance("10.0.0.2", 0, true, Map.of()));

        Upstream found = find();

        assertThat(found.name()).isEqualTo("orders");
        assertThat(found.settings()).isEqualTo(settings);
        assertThat(found.endpoints())
                .containsExactly(
                        new Endpoint("http", "10.0.0.1", 8080, 1, null, Map.of()),
                        new Endpoint("https", "10.0.0.2", 443, 1, null, Map.of()));
    }

    @Test
    void find_secondTime_isAnsweredFromWhatIsKnown() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        Upstream first = find();

        assertThat(find()).isSameAs(first);
        assertThat(discovery.asked()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-,    1",
                "7,    7",
                "' 7 ', 7",
                "1000, 1000",
                "1001, 1",
                "0,    1",
                "-5,   1",
                "1.5,  1",
                "'',   1",
                "many, 1",
                "99999999999, 1"
            })
    void find_metadataWeight_countsWhereItIsOne(String written, int expected) {
        Map<String, String> metadata = new HashMap<>(Map.of("zone", "z1"));
        if (written != null) {
            metadata.put("weight", written);
        }
        discovery.answers(instance("10.0.0.1", 80, false, metadata));

        Endpoint endpoint = find().endpoints().get(0);

        assertThat(endpoint.weight()).isEqualTo(expected);
        assertThat(endpoint.zone()).isEqualTo("z1");
        assertThat(endpoint.metadata()).isEqualTo(metadata);
    }

    @Test
    void find_metadataWithoutAValue_doesNotCostTheService() {
        Map<String, String> metadata = new HashMap<>();
        metadata.put("label", null);
        discovery.answers(instance("10.0.0.1", 80, false, metadata), instance("10.0.0.2", 80, false, Map.of()));

        assertThat(find().endpoints()).extracting(Endpoint::host).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void find_sameInstanceTwice_countsOnce() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()), instance("10.0.0.1", 80, false, Map.of()));

        assertThat(find().endpoints()).hasSize(1);
    }

    // ---- refresh

    @Test
    void find_withinFiveSeconds_asksNobody() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        find();

        ticker.advance(REFRESH.minusNanos(1));
        find();

        assertThat(discovery.asked()).hasSize(1);
    }

    @Test
    void find_afterFiveSeconds_answersAtOnceAndRefreshesBehind() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        find();
        Sinks.Many<ServiceInstance> slow = Sinks.many().unicast().onBackpressureBuffer();
        discovery.answers(slow::asFlux);

        ticker.advance(REFRESH);
        assertThat(find().endpoints()).extracting(Endpoint::host).containsExactly("10.0.0.1");
        slow.tryEmitNext(instance("10.0.0.2", 80, false, Map.of()));
        slow.tryEmitComplete();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(find().endpoints())
                        .extracting(Endpoint::host)
                        .containsExactly("10.0.0.2"));
        assertThat(discovery.asked()).hasSize(2);
    }

    @Test
    void find_whileARefreshIsUnderWay_doesNotStartAnother() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        find();
        discovery.answers(Flux::never);

        ticker.advance(REFRESH);
        find();
        await().atMost(SOON).until(() -> discovery.asked().size() == 2);
        find();

        assertThat(discovery.asked()).hasSize(2);
    }

    @Test
    void find_refreshBringsTheSame_keepsTheUpstreamAndItsTurn() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        Upstream first = find();

        refreshAndWait();

        assertThat(find()).isSameAs(first);
    }

    @Test
    void find_refreshBringsNothing_keepsTheLastKnown() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        Upstream first = find();
        discovery.answers();

        refreshAndWait();

        assertThat(find()).isSameAs(first);
    }

    @Test
    void find_refreshFails_keepsTheLastKnownAndTriesAgainLater() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        Upstream first = find();
        discovery.answers(() -> Flux.error(new IllegalStateException("registry is down")));

        refreshAndWait();
        assertThat(find()).isSameAs(first);
        discovery.answers(instance("10.0.0.9", 80, false, Map.of()));
        refreshAndWait();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(find().endpoints())
                        .extracting(Endpoint::host)
                        .containsExactly("10.0.0.9"));
    }

    @Test
    void find_clientThrowsOnRefresh_keepsTheLastKnownAndTriesAgainLater() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));
        Upstream first = find();
        discovery.answers(() -> {
            throw new IllegalStateException("thrown, not signalled");
        });

        ticker.advance(REFRESH);
        assertThat(find()).isSameAs(first);
        discovery.answers(instance("10.0.0.9", 80, false, Map.of()));
        ticker.advance(REFRESH);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(find().endpoints())
                        .extracting(Endpoint::host)
                        .containsExactly("10.0.0.9"));
    }

    // ---- first question

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void find_clientFails_isEmpty(boolean throwing) {
        discovery.answers(() -> {
            if (throwing) {
                throw new IllegalStateException("thrown, not signalled");
            }
            return Flux.error(new IllegalStateException("registry is down"));
        });

        StepVerifier.create(reactor.core.publisher.Mono.defer(() -> upstreams.find("orders")))
                .expectComplete()
                .verify(SOON);
    }

    @Test
    void find_clientDoesNotAnswer_isEmptyAfterTwoSeconds() {
        discovery.answers(Flux::never);

        StepVerifier.withVirtualTime(() -> upstreams.find("orders"))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(1_900))
                .thenAwait(Duration.ofMillis(200))
                .expectComplete()
                .verify(SOON);
    }

    /** A client may block although it is called reactive, and not only once it is subscribed to. */
    @Test
    void find_asks_onAThreadThatMayBlock() {
        discovery.answers(instance("10.0.0.1", 80, false, Map.of()));

        find();

        assertThat(discovery.threads()).allSatisfy(thread -> assertThat(thread).startsWith("boundedElastic"));
    }

    private void refreshAndWait() {
        int before = discovery.ended().size();
        ticker.advance(REFRESH);
        await().atMost(SOON).until(() -> {
            find(); // as long as the refresh before is not quite through, none begins
            return discovery.ended().size() > before;
        });
    }

    private Upstream find() {
        return Objects.requireNonNull(upstreams.find("orders").block(SOON));
    }

    private static ServiceInstance instance(String host, int port, boolean secure, Map<String, String> metadata) {
        return new DefaultServiceInstance(host + port, "orders", host, port, secure, metadata);
    }
}
