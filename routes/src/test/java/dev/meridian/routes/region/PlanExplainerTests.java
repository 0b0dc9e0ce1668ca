package dev.meridian.routes.region;

import static dev.meridian.routes.upstream.Lab.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.SelectionExplanation;
import dev.meridian.routes.upstream.SelectionExplanation.EndpointChance;
import dev.meridian.routes.upstream.SelectionExplanation.RegionChance;
import dev.meridian.routes.upstream.Upstream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PlanExplainerTests {

    private static final GeoPoint PARIS = new GeoPoint(48.9, 2.4);

    private final Lab lab = new Lab();

    @Test
    void explain_takesNoTurnAndNoCapacity() {
        Upstream upstream = lab.upstream(Lab.settings(), Lab.withCapacity(region("eu", 0, 1, 3), 100));
        Upstream untouched = new Lab().upstream(Lab.settings(), Lab.withCapacity(region("eu", 0, 1, 3), 100));

        for (int i = 0; i < 50; i++) {
            assertThat(only(upstream).capacityLeft()).isTrue();
        }

        assertThat(Lab.hosts(upstream, 2)).isEqualTo(Lab.hosts(untouched, 2));
        assertThat(upstream.regions().get(0).state().requests()).isZero();
    }

    @Test
    void explain_noCapacityLeft_saysSo() {
        Upstream upstream = lab.upstream(Lab.settings(), Lab.withCapacity(region("eu", 0, 1, 1), 10));

        Lab.hosts(upstream, 5);

        assertThat(only(upstream).capacityLeft()).isFalse();
    }

    @Test
    void explain_weighted_probabilitiesAreTheShares() {
        Upstream upstream =
                lab.upstream(Lab.settings(), region("eu", 0, 3, 2), region("us", 0, 1, 2), region("far", 1, 1, 2));

        List<RegionChance> regions = explain(upstream, null).regions();

        assertThat(regions).extracting(RegionChance::probability).containsExactly(0.75, 0.25, 0.0);
        assertThat(regions.get(0).endpoints())
                .extracting(EndpointChance::probability)
                .containsExactly(0.5, 0.5);
    }

    @Test
    void explain_endpointOut_isNoCandidate() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 3));
        lab.set(upstream, Availability.UNHEALTHY, Lab.first("eu", 1));

        RegionChance region = only(upstream);

        assertThat(region.endpoints()).extracting(EndpointChance::candidate).containsExactly(false, true, true);
        assertThat(region.endpoints()).extracting(EndpointChance::probability).containsExactly(0.0, 0.5, 0.5);
        assertThat(region.reason()).contains("1 of 3 endpoints");
    }

    @Test
    void explain_hash_namesTheEndpointThatIsChosen() {
        Upstream upstream = lab.upstream(Lab.settings("balance=hash"), region("eu", 0, 1, 5));
        for (long key = 1; key < 1L << 60; key *= 37) {
            LiveEndpoint chosen = Objects.requireNonNull(upstream.choose(Lab.request(null, key)));

            assertThat(upstream.selector()
                            .explain(Lab.request(null, key))
                            .regions()
                            .get(0)
                            .endpoints())
                    .filteredOn(endpoint -> Double.valueOf(1).equals(endpoint.probability()))
                    .extracting(EndpointChance::endpoint)
                    .containsExactly(chosen);
        }
    }

    @Test
    void explain_geo_probabilitiesAreWhatIsDrawn() {
        Upstream upstream = lab.upstream(
                Lab.settings("region-selection=geo"),
                Lab.at(region("us", 0, 1, 10), 42, -71),
                Lab.at(region("eu", 0, 1, 10), 53, -6),
                region("far", 1, 1, 10));
        lab.set(upstream, Availability.UNHEALTHY, Lab.first("eu", 6));

        SelectionExplanation explained = explain(upstream, PARIS);

        Map<String, Integer> drawn = Lab.count(
                20_000,
                i -> Objects.requireNonNull(upstream.choose(Lab.request(PARIS, 0)))
                        .regionName());
        for (RegionChance region : explained.regions()) {
            assertThat(region.probability())
                    .as(region.region())
                    .isCloseTo(drawn.getOrDefault(region.region(), 0) / 20_000.0, within(0.02));
        }
        assertThat(explain(upstream, null).note()).contains("not known");
    }

    @Test
    void explain_leastRequest_dependsOnWhatIsUnderWay() {
        Upstream upstream = lab.upstream(Lab.settings("balance=least-request"), region("eu", 0, 1, 2));

        assertThat(only(upstream).endpoints())
                .extracting(EndpointChance::probability)
                .containsOnlyNulls();
    }

    @Test
    void explain_nobodyIsLeft() {
        Upstream upstream = lab.upstream(Lab.settings("panic-threshold=0%"), region("eu", 0, 1, 1));
        lab.set(upstream, Availability.UNREACHABLE, Lab.first("eu", 1));

        assertThat(explain(upstream, null).note()).contains("503");
        assertThat(only(upstream).probability()).isZero();
    }

    private static RegionChance only(Upstream upstream) {
        return explain(upstream, null).regions().get(0);
    }

    private static SelectionExplanation explain(Upstream upstream, @org.jspecify.annotations.Nullable GeoPoint client) {
        return upstream.selector().explain(Lab.request(client, 1));
    }
}
