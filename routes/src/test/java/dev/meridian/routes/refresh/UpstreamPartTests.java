package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.routes.breaker.Breakers;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.discovery.DiscoveryFeed;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.LiveStates;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSpecs;
import dev.meridian.routes.upstream.UpstreamView;
import dev.meridian.routes.validate.CandidateConfig;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.mock.env.MockEnvironment;

class UpstreamPartTests {

    private static final String A = "meridian.upstreams.a.endpoints[0]";
    private static final String B = "meridian.upstreams.b.endpoints[0]";

    private final UpstreamFactory factory = new RegionUpstreamFactory(
            new LiveStates(),
            new Breakers(Clock.systemUTC(), RegionUpstreamFactory.perThread(), change -> {}),
            System::nanoTime,
            RegionUpstreamFactory.perThread(),
            suspect -> {});
    private final UpstreamRegistry registry = new UpstreamRegistry(Map.of());
    private final DiscoveryFeed discovery = new DiscoveryFeed(null, registry, factory, System::nanoTime, List.of());
    private boolean located;
    private final UpstreamPart part =
            new UpstreamPart(registry, factory, discovery, new UpstreamSpecs(Map.of()), () -> located);

    private ConfigPart.Prepared prepare(String... keysAndValues) {
        MockEnvironment candidate = new MockEnvironment();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            candidate.setProperty(keysAndValues[i], keysAndValues[i + 1]);
        }
        ConfigurationPropertySources.attach(candidate);
        ConfigProblems problems = new ConfigProblems(candidate);
        ConfigPart.Prepared prepared = part.prepare(new CandidateConfig(candidate), problems);
        problems.throwIfAny();
        return prepared;
    }

    @Test
    void prepare_changesNothing() {
        assertThat(prepare(A, "http://10.0.0.1").changes())
                .extracting(Change::toString)
                .containsExactly("upstream a added");
        assertThat(registry.all()).isEmpty();
    }

    @Test
    void commit_unchangedUpstream_staysWhatItIs() {
        prepare(A, "http://10.0.0.1", B, "http://10.0.0.2").commit();
        Upstream a = registry.find("a");
        Upstream b = registry.find("b");
        UpstreamView held = registry.view();

        ConfigPart.Prepared next = prepare(A, "http://10.0.0.1", B, "http://10.0.0.3");
        assertThat(next.changes()).extracting(Change::toString).containsExactly("upstream b changed");
        next.commit();

        assertThat(registry.find("a")).isSameAs(a);
        assertThat(registry.find("b")).isNotNull().isNotSameAs(b);
        assertThat(held.find("b")).isSameAs(b);
    }

    @Test
    void commit_upstreamIsGone_isOnlyInTheViewBefore() {
        prepare(A, "http://10.0.0.1").commit();
        UpstreamView held = registry.view();

        prepare(B, "http://10.0.0.1").commit();

        assertThat(registry.find("a")).isNull();
        assertThat(held.find("a")).isNotNull();
    }

    @Test
    void prepare_bad_isAProblem() {
        assertThatThrownBy(() -> prepare(A, "ftp://10.0.0.1"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("meridian.upstreams.a.endpoints[0]");
    }

    @Test
    void prepare_byDistanceAndNobodyKnowsWhereClientsAre_isAProblem() {
        String[] geo = {
            "meridian.upstreams.a.region-selection", "geo",
            "meridian.upstreams.a.regions.eu.endpoints[0]", "http://10.0.0.1",
            "meridian.upstreams.a.regions.eu.location.lat", "1",
            "meridian.upstreams.a.regions.eu.location.lon", "1"
        };
        assertThatThrownBy(() -> prepare(geo)).hasMessageContaining("meridian.geo.database");

        located = true;
        assertThat(prepare(geo).changes()).hasSize(1);
    }
}
