package dev.meridian.routes.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.meridian.routes.definition.DiscoveryDefinition;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSpec;
import dev.meridian.routes.upstream.UpstreamSpecs;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import reactor.core.publisher.Flux;

class DiscoveryFeedTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final Duration KEEP = Duration.ofMinutes(5);

    private final Lab lab = new Lab();
    private final FakeDiscovery discovery = new FakeDiscovery();
    private final UpstreamRegistry registry = new UpstreamRegistry(Map.of());
    private @Nullable DiscoveryFeed feed;

    @AfterEach
    void close() {
        if (feed != null) {
            feed.close();
        }
    }

    @Test
    void start_serviceIsKnown_fillsTheUpstream() {
        discovery.answers(instance("10.0.0.1"), instance("10.0.0.2"));
        start(whole());

        awaitHosts("default", "10.0.0.1", "10.0.0.2");
        assertThat(discovery.asked()).contains("orders-service");
        assertThat(Lab.hosts(upstream(), 2)).isEqualTo(Map.of("10.0.0.1", 1, "10.0.0.2", 1));
    }

    @Test
    void start_beforeAnAnswer_hasNoEndpoint() {
        discovery.answers(Flux::never);
        start(whole());

        assertThat(Lab.hosts(upstream(), 1)).containsOnlyKeys("-");
    }

    @Test
    void answer_metadataRegionAndZoneAndWeight_areHeeded() {
        discovery.answers(
                instance("10.0.0.1", Map.of("region", "eu", "zone", "z1", "weight", "7")),
                instance("10.0.0.2", Map.of("region", "us")),
                instance("10.0.0.3", Map.of("region", " ")));
        start(whole(region("eu", 0, 80), region("us", 1, 20)));

        awaitHosts("eu", "10.0.0.1");
        awaitHosts("us", "10.0.0.2");
        awaitHosts("default", "10.0.0.3");
        Endpoint endpoint = live("eu").endpoints().get(0).endpoint();
        assertThat(endpoint.zone()).isEqualTo("z1");
        assertThat(endpoint.weight()).isEqualTo(7);
        assertThat(live("us").region().priority()).isOne();
        assertThat(live("us").region().weight()).isEqualTo(20);
    }

    @Test
    void answer_regionThatNobodyConfigured_isAsGoodAsAny() {
        discovery.answers(instance("10.0.0.1", Map.of("region", "moon")));
        start(whole());

        awaitHosts("moon", "10.0.0.1");
        assertThat(live("moon").region().priority()).isZero();
        assertThat(live("moon").serving()).isEqualTo(ServingState.ACTIVE);
    }

    @Test
    void answer_unchanged_keepsTheUpstream() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        Upstream before = upstream();

        awaitAnswers(3);

        assertThat(upstream()).isSameAs(before);
    }

    /** Few registries have an order. */
    @Test
    void answer_inAnotherOrder_keepsTheUpstream() {
        discovery.answers(instance("10.0.0.1"), instance("10.0.0.2"), instance("10.0.0.3", Map.of("region", "eu")));
        start(whole());
        awaitHosts("default", "10.0.0.1", "10.0.0.2");
        Upstream before = upstream();

        discovery.answers(instance("10.0.0.3", Map.of("region", "eu")), instance("10.0.0.2"), instance("10.0.0.1"));
        awaitAnswers(3);

        assertThat(upstream()).isSameAs(before);
    }

    @Test
    void answer_changed_isTakenOver() {
        discovery.answers(instance("10.0.0.1"), instance("10.0.0.2"));
        start(whole());
        awaitHosts("default", "10.0.0.1", "10.0.0.2");
        discovery.answers(instance("10.0.0.2"), instance("10.0.0.3"));

        awaitHosts("default", "10.0.0.2", "10.0.0.3");
    }

    @Test
    void answer_changed_keepsWhatIsKnownOfThoseThatStay() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        Lab.live(upstream(), "10.0.0.1").onStart();
        discovery.answers(instance("10.0.0.1"), instance("10.0.0.2"));
        awaitHosts("default", "10.0.0.1", "10.0.0.2");

        assertThat(Lab.live(upstream(), "10.0.0.1").state().active()).isOne();
    }

    // ---- no answer

    @ParameterizedTest
    @ValueSource(strings = {"empty", "error", "throw"})
    void answer_missing_keepsTheLastKnown(String how) {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        Upstream before = upstream();
        lab.ticker.advance(KEEP);
        awaitAnswers(1);

        fails(how);
        awaitFailures(3);

        assertThat(upstream()).isSameAs(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty", "error", "throw"})
    void answer_missingForTooLong_givesTheLastKnownUp(String how) {
        discovery.answers(instance("10.0.0.1"));
        start(whole(region("eu", 0, 1)));
        awaitHosts("default", "10.0.0.1");
        fails(how);
        awaitFailures(2);
        lab.ticker.advance(KEEP.plusSeconds(1));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(upstream().endpoints()).isEmpty());
        assertThat(upstream().regions()).extracting(LiveRegion::name).containsExactly("eu");
    }

    @Test
    void answer_comesBack_isTakenOver() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        fails("error");
        lab.ticker.advance(KEEP.plusSeconds(1));
        await().atMost(SOON).until(() -> upstream().endpoints().isEmpty());
        discovery.answers(instance("10.0.0.1"));

        awaitHosts("default", "10.0.0.1");
    }

    @Test
    void failures_areCountedByUpstream() {
        fails("empty");
        start(whole());
        awaitFailures(2);

        assertThat(feed().failures()).containsOnlyKeys("orders");
    }

    @Test
    void answer_upstreamIsGoneMeanwhile_doesNotComeBack() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        registry.replace(Map.of());
        discovery.answers(instance("10.0.0.2"));
        awaitAnswers(3);

        assertThat(registry.find("orders")).isNull();
    }

    // ---- by region

    @Test
    void regionDiscovery_fillsItsRegion() {
        discovery.answers(instance("10.0.0.1", Map.of("region", "somewhere")));
        start(new UpstreamSpec(
                "orders",
                List.of(region("eu", 0, 1), region("us", 1, 1).withEndpoints(List.of(Lab.endpoint("listed")))),
                Lab.settings(),
                null,
                Map.of("eu", definition("orders-eu"))));

        awaitHosts("eu", "10.0.0.1");
        assertThat(hosts("us")).containsExactly("listed");
        assertThat(upstream().regions()).hasSize(2);
        assertThat(discovery.asked()).containsOnly("orders-eu");
    }

    @Test
    void regionDiscovery_besideTheUpstreams_isNotUndoneByIt() {
        discovery.answersFor("orders-service", instance("10.0.0.1", Map.of("region", "us")));
        discovery.answersFor("orders-eu", instance("10.0.0.2"));
        start(new UpstreamSpec(
                "orders",
                List.of(region("eu", 0, 1), region("us", 1, 1)),
                Lab.settings(),
                definition("orders-service"),
                Map.of("eu", definition("orders-eu"))));
        awaitHosts("eu", "10.0.0.2");
        awaitHosts("us", "10.0.0.1");
        Upstream before = upstream();

        awaitAnswers(6);

        assertThat(upstream()).isSameAs(before);
    }

    @Test
    void start_noClient_leavesTheUpstreamEmpty() {
        UpstreamSpec spec = whole();
        registry.replace(new UpstreamSpecs(Map.of("orders", spec)).create(lab.factory));
        feed = new DiscoveryFeed(null, registry, lab.factory, lab.ticker, List.of(spec));
        feed.start();

        assertThat(upstream().endpoints()).isEmpty();
    }

    @Test
    void follow_unchanged_goesOnAsBefore() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");

        feed().follow(List.of(whole()));
        discovery.answers(instance("10.0.0.2"));

        awaitHosts("default", "10.0.0.2");
    }

    @Test
    void follow_changed_keepsTheEndpointsThatAreKnown() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        discovery.answers(Flux::never);
        UpstreamSpec changed = whole(region("default", 0, 7));

        feed().follow(List.of(changed));

        assertThat(feed().regions(changed)).singleElement().satisfies(region -> {
            assertThat(region.weight()).isEqualTo(7);
            assertThat(region.endpoints()).extracting(Endpoint::host).containsExactly("10.0.0.1");
        });
    }

    @Test
    void follow_changedService_isAskedFromNowOn() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");

        feed().follow(List.of(
                new UpstreamSpec("orders", List.of(), Lab.settings(), definition("other-service"), Map.of())));

        await().atMost(SOON).until(() -> discovery.asked().contains("other-service"));
        long asked = discovery.asked().stream().filter("orders-service"::equals).count();
        awaitAnswers(3);
        assertThat(discovery.asked().stream().filter("orders-service"::equals).count())
                .isCloseTo(asked, within(1L));
    }

    @Test
    void follow_gone_asksNoMore() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        feed().follow(List.of());
        int asked = discovery.asked().size();

        await().during(Duration.ofMillis(100))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(discovery.asked().size()).isCloseTo(asked, within(1)));
    }

    @Test
    void close_asksNoMore() {
        discovery.answers(instance("10.0.0.1"));
        start(whole());
        awaitHosts("default", "10.0.0.1");
        feed().close();
        int asked = discovery.asked().size();

        await().during(Duration.ofMillis(100))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(discovery.asked().size()).isCloseTo(asked, within(1)));
    }

    private void fails(String how) {
        discovery.answers(() -> {
            if (how.equals("throw")) {
                throw new IllegalStateException("thrown, not signalled");
            }
            return how.equals("empty") ? Flux.empty() : Flux.error(new IllegalStateException("registry is down"));
        });
    }

    private void start(UpstreamSpec spec) {
        registry.replace(new UpstreamSpecs(Map.of("orders", spec)).create(lab.factory));
        feed = new DiscoveryFeed(discovery, registry, lab.factory, lab.ticker, List.of(spec));
        feed.start();
    }

    private DiscoveryFeed feed() {
        return Objects.requireNonNull(feed);
    }

    private static UpstreamSpec whole(Region... regions) {
        return new UpstreamSpec(
                "orders", Arrays.asList(regions), Lab.settings(), definition("orders-service"), Map.of());
    }

    private static DiscoveryDefinition definition(String service) {
        return new DiscoveryDefinition(service, Duration.ofMillis(5), KEEP);
    }

    private static Region region(String name, int priority, int weight) {
        return Lab.region(name, priority, weight, 0);
    }

    private Upstream upstream() {
        return Objects.requireNonNull(registry.find("orders"));
    }

    private LiveRegion live(String region) {
        return upstream().regions().stream()
                .filter(each -> each.name().equals(region))
                .findFirst()
                .orElseThrow();
    }

    private List<String> hosts(String region) {
        return upstream().regions().stream()
                .filter(each -> each.name().equals(region))
                .flatMap(each -> each.endpoints().stream())
                .map(each -> each.endpoint().host())
                .toList();
    }

    private void awaitHosts(String region, String... hosts) {
        await().atMost(SOON).untilAsserted(() -> assertThat(hosts(region)).containsExactly(hosts));
    }

    /** So many questions that are asked from now on have been answered, and what came has been taken over. */
    private void awaitAnswers(int more) {
        int before = discovery.asked().size();
        await().atMost(SOON).until(() -> discovery.asked().size() > before + more + 1);
    }

    private void awaitFailures(int more) {
        long before = feed().failures().getOrDefault("orders", 0L);
        await().atMost(SOON).until(() -> feed().failures().getOrDefault("orders", 0L) >= before + more);
    }

    private static ServiceInstance instance(String host) {
        return instance(host, Map.of());
    }

    private static ServiceInstance instance(String host, Map<String, String> metadata) {
        return new DefaultServiceInstance(host, "orders", host, 80, false, metadata);
    }
}
