package dev.meridian.routes.region;

import static dev.meridian.routes.upstream.Lab.first;
import static dev.meridian.routes.upstream.Lab.region;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.geo.GeoPoint;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Home;
import dev.meridian.routes.upstream.Lab;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Selector;
import dev.meridian.routes.upstream.Upstream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RegionSelectorTests {

    private static final int MANY = 10_000;
    private static final GeoPoint PARIS = new GeoPoint(48.9, 2.4);
    private static final GeoPoint BOSTON = new GeoPoint(42.4, -71.1);

    private final Lab lab = new Lab();

    // ---- priorities

    /** Of 100 endpoints in the first tier so many are well, in the second so many. */
    @ParameterizedTest
    @CsvSource({
        "100, 100, 1",
        "72,  100, 1",
        "60,  100, 0.84",
        "50,  100, 0.7",
        "10,  100, 0.14",
        "0,   100, 0",
        "25,  25,  0.5",
        "50,  50,  0.7",
    })
    void choose_tierLosesHealth_spillsTheRest(int upper, int lower, double expected) {
        Upstream upstream =
                lab.upstream(Lab.settings("panic-threshold=0%"), region("eu", 0, 1, 100), region("us", 1, 1, 100));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 100 - upper));
        lab.set(upstream, Availability.UNHEALTHY, first("us", 100 - lower));

        Map<String, Integer> chosen = Lab.regions(upstream, MANY);

        assertThat(share(chosen, "eu")).isCloseTo(expected, within(0.02));
        assertThat(share(chosen, "us")).isCloseTo(1 - expected, within(0.02));
        assertThat(share(upstream, "eu")).isCloseTo(expected, within(1e-9));
    }

    @Test
    void choose_threeTiers_areReachedInTheirOrder() {
        Upstream upstream =
                lab.upstream(Lab.settings(), region("c", 5, 1, 2), region("a", 0, 1, 2), region("b", 2, 1, 2));
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("a");

        lab.set(upstream, Availability.UNREACHABLE, first("a", 2));
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("b");

        lab.set(upstream, Availability.UNHEALTHY, first("b", 2));
        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("c");
    }

    @Test
    void choose_onlyWellEndpoints_areChosenWhileThereIsNoPanic() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 10));
        lab.set(upstream, Availability.EJECTED, first("eu", 4));

        assertThat(Lab.hosts(upstream, 1000)).hasSize(6).doesNotContainKeys(first("eu", 4));
    }

    // ---- panic

    @ParameterizedTest
    @CsvSource({"50%, 5, 5", "50%, 4, 10", "50%, 0, 10", "30%, 4, 4", "30%, 2, 10", "0%, 1, 1", "0%, 9, 9"})
    void choose_tooFewAreWell_usesAllOfThem(String threshold, int well, int used) {
        Upstream upstream = lab.upstream(Lab.settings("panic-threshold=" + threshold), region("eu", 0, 1, 10));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 10 - well));

        assertThat(Lab.hosts(upstream, 1000)).hasSize(used).doesNotContainKey("-");
    }

    @Test
    void choose_panicIsOffAndNobodyIsWell_findsNone() {
        Upstream upstream = lab.upstream(Lab.settings("panic-threshold=0%"), region("eu", 0, 1, 2));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 2));
        Selection selection = Lab.request();

        assertThat(upstream.choose(selection)).isNull();
        assertThat(selection.overCapacity()).isFalse();
    }

    @Test
    void choose_panic_neverUsesWhatTakesNoConnectionsOrIsNotWanted() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 10));
        lab.set(upstream, Availability.UNREACHABLE, "eu0", "eu1");
        lab.set(upstream, Availability.OFF, "eu2");
        lab.set(upstream, Availability.DRAINING, "eu3");
        lab.set(upstream, Availability.EJECTED, "eu4", "eu5", "eu6");
        lab.set(upstream, Availability.UNHEALTHY, "eu7", "eu8");

        assertThat(Lab.hosts(upstream, 1000)).containsOnlyKeys("eu4", "eu5", "eu6", "eu7", "eu8", "eu9");
    }

    @Test
    void choose_allTakeNoConnections_findsNone() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 3));
        lab.set(upstream, Availability.UNREACHABLE, first("eu", 3));

        assertThat(Lab.hosts(upstream, 10)).containsOnlyKeys("-");
    }

    @Test
    void choose_anotherTierCanHelp_doesNotPanic() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 10), region("us", 1, 1, 10));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 9));

        Map<String, Integer> hosts = Lab.hosts(upstream, MANY);

        assertThat(hosts).doesNotContainKeys(first("eu", 9));
        assertThat(share(hosts, "eu9")).isCloseTo(0.14, within(0.02));
    }

    // ---- weighted

    @ParameterizedTest
    @CsvSource({"80, 20, 0, 0.8", "80, 20, 5, 0.6667", "1, 1, 0, 0.5", "50, 50, 5, 0.3333", "90, 10, 10, 0"})
    void choose_weighted_isByWeightAndHealth(int eu, int us, int illInEu, double expected) {
        Upstream upstream =
                lab.upstream(Lab.settings("panic-threshold=0%"), region("eu", 0, eu, 10), region("us", 0, us, 10));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", illInEu));

        assertThat(share(Lab.regions(upstream, MANY), "eu")).isCloseTo(expected, within(0.02));
    }

    // ---- draining and off

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACTIVE")
    void choose_regionConfiguredNotToServe_getsNothing(ServingState state) {
        Upstream upstream = lab.upstream(Lab.settings(), Lab.in(region("eu", 0, 9, 2), state), region("us", 0, 1, 2));

        assertThat(Lab.regions(upstream, 1000)).containsOnlyKeys("us");
        assertThat(reason(upstream, "eu")).isEqualTo(state == ServingState.OFF ? "switched off" : "draining");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ACTIVE")
    void choose_regionOrderedNotToServe_getsNothingUntilOrderedBack(ServingState state) {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        upstream.regions().get(0).state().order(state);
        lab.set(upstream, Availability.AVAILABLE);
        assertThat(Lab.regions(upstream, 1000)).containsOnlyKeys("us");

        upstream.regions().get(0).state().order(null);
        lab.set(upstream, Availability.AVAILABLE);
        assertThat(share(Lab.regions(upstream, MANY), "eu")).isCloseTo(0.1, within(0.02));
    }

    @Test
    void choose_orderOverConfiguration_theOrderHolds() {
        Upstream upstream = lab.upstream(Lab.settings(), Lab.in(region("eu", 0, 1, 1), ServingState.OFF));
        assertThat(Lab.regions(upstream, 10)).containsOnlyKeys("-");

        upstream.regions().get(0).state().order(ServingState.ACTIVE);
        lab.set(upstream, Availability.AVAILABLE);
        assertThat(Lab.regions(upstream, 10)).containsOnlyKeys("eu");
    }

    /** What its operator has taken out is no loss of health. */
    @Test
    void choose_endpointsDrained_spillsNothing() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 10), region("us", 1, 1, 10));
        lab.set(upstream, Availability.DRAINING, first("eu", 9));

        assertThat(Lab.hosts(upstream, 100)).containsOnlyKeys("eu9");
    }

    // ---- ramp

    @Test
    void choose_firstStart_nothingRamps() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 2), region("us", 0, 1, 2));

        assertThat(share(upstream, "eu")).isEqualTo(0.5);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.1", "6, 0.2", "15, 0.5", "24, 0.8", "30, 1"})
    void choose_regionReturns_takesItsRampedShareAcrossPriorities(int seconds, double expected) {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 3), region("us", 1, 1, 3));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 3));
        assertThat(share(upstream, "eu")).isZero();
        lab.set(upstream, Availability.AVAILABLE, first("eu", 3));
        lab.ticker.advance(Duration.ofSeconds(seconds));
        upstream.selector().refresh(lab.ticker.getAsLong());

        assertThat(share(upstream, "eu")).isCloseTo(expected, within(0.001));
        assertThat(share(Lab.regions(upstream, MANY), "eu")).isCloseTo(expected, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({"0, 0.05", "15, 0.25", "27, 0.45", "30, 0.5"})
    void choose_regionReturnsBesideAnother_takesItsRampedShare(int seconds, double expected) {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 3), region("us", 0, 1, 3));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 3));
        lab.set(upstream, Availability.AVAILABLE, first("eu", 3));
        lab.ticker.advance(Duration.ofSeconds(seconds));
        upstream.selector().refresh(lab.ticker.getAsLong());

        assertThat(share(upstream, "eu")).isCloseTo(expected, within(0.001));
    }

    /** What comes back must not take traffic away from those that served all the time. */
    @ParameterizedTest
    @CsvSource({"0", "1", "5", "15", "25", "30"})
    void choose_regionReturnsInATierOfTwo_theOtherKeepsAtLeastHalf(int seconds) {
        Upstream upstream =
                lab.upstream(Lab.settings(), region("eu", 0, 1, 3), region("us", 0, 1, 3), region("ap", 1, 1, 3));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 3));
        assertThat(share(upstream, "us")).isCloseTo(0.7, within(1e-6));
        lab.set(upstream, Availability.AVAILABLE, first("eu", 3));
        lab.ticker.advance(Duration.ofSeconds(seconds));
        upstream.selector().refresh(lab.ticker.getAsLong());

        assertThat(share(upstream, "us")).isGreaterThanOrEqualTo(0.5 - 1e-6);
    }

    @Test
    void choose_onlyRegionReturns_takesAll() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 3));
        lab.set(upstream, Availability.UNREACHABLE, first("eu", 3));
        lab.set(upstream, Availability.AVAILABLE, first("eu", 3));

        assertThat(Lab.regions(upstream, 100)).containsOnlyKeys("eu");
    }

    @ParameterizedTest
    @CsvSource({
        "round-robin, 0, 0.0909", "round-robin, 15, 0.3333", "round-robin, 30, 0.5",
        "random, 0, 0.0909", "random, 15, 0.3333", "random, 30, 0.5",
        "least-request, 0, 0.0909", "least-request, 15, 0.3333", "least-request, 30, 0.5",
        "resource, 0, 0.0909", "resource, 15, 0.3333", "resource, 30, 0.5",
        "least-response-time, 0, 0.0909", "least-response-time, 15, 0.3333", "least-response-time, 30, 0.5",
    })
    void choose_endpointReturns_takesItsRampedShare(String balance, int seconds, double expected) {
        Upstream upstream = lab.upstream(Lab.settings("balance=" + balance), region("eu", 0, 1, 2));
        lab.set(upstream, Availability.EJECTED, "eu0");
        lab.set(upstream, Availability.AVAILABLE, "eu0");
        lab.ticker.advance(Duration.ofSeconds(seconds));
        upstream.selector().refresh(lab.ticker.getAsLong());

        assertThat(share(Lab.hosts(upstream, MANY), "eu0")).isCloseTo(expected, within(0.02));
    }

    @Test
    void create_anew_goesOnWhereTheRampWas() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 3), region("us", 1, 1, 3));
        lab.set(upstream, Availability.UNHEALTHY, first("eu", 3));
        assertThat(share(rebuilt(), "eu")).isZero();

        lab.set(upstream, Availability.AVAILABLE, first("eu", 3));
        lab.ticker.advance(Duration.ofSeconds(15));
        assertThat(share(rebuilt(), "eu")).isCloseTo(0.5, within(0.001));
    }

    private Upstream rebuilt() {
        return lab.upstream(Lab.settings("balance=random"), region("eu", 0, 1, 3), region("us", 1, 1, 3));
    }

    // ---- capacity

    @Test
    void choose_moreThanTheRegionCanTake_goesOnToTheNext() {
        Upstream upstream =
                lab.upstream(Lab.settings(), Lab.withCapacity(region("eu", 0, 1, 2), 100), region("us", 1, 1, 2));

        Map<String, Integer> chosen = offered(upstream, 250, 20);

        assertThat(chosen.get("eu")).isCloseTo(100 * 20, within(100));
        assertThat(chosen.get("us")).isCloseTo(150 * 20, within(100));
        assertThat(chosen).doesNotContainKey("-");
    }

    @Test
    void choose_lessThanTheRegionCanTake_staysThere() {
        Upstream upstream =
                lab.upstream(Lab.settings(), Lab.withCapacity(region("eu", 0, 1, 2), 100), region("us", 1, 1, 2));

        assertThat(offered(upstream, 90, 20)).containsOnlyKeys("eu");
    }

    @Test
    void choose_allCarryWhatTheyCan_findsNoneAndSaysWhy() {
        Upstream upstream = lab.upstream(
                Lab.settings(),
                Lab.withCapacity(region("eu", 0, 1, 2), 100),
                Lab.withCapacity(region("us", 1, 1, 2), 50));

        Map<String, Integer> chosen = offered(upstream, 300, 20);
        assertThat(chosen.get("eu")).isCloseTo(2000, within(100));
        assertThat(chosen.get("us")).isCloseTo(1000, within(50));

        Selection selection = Lab.request();
        while (upstream.choose(selection) != null) {
            // until the burst is used up
        }
        assertThat(selection.overCapacity()).isTrue();
        lab.ticker.advance(Duration.ofSeconds(1));
        assertThat(upstream.choose(selection)).isNotNull();
        assertThat(selection.overCapacity()).isFalse();
    }

    @Test
    void create_anew_doesNotGrantTheCapacityTwice() {
        Region eu = Lab.withCapacity(region("eu", 0, 1, 1), 10);
        assertThat(Lab.regions(lab.upstream(Lab.settings(), eu), 100)).containsEntry("eu", 5);

        assertThat(Lab.regions(lab.upstream(Lab.settings(), eu), 100)).containsOnlyKeys("-");
    }

    private Map<String, Integer> offered(Upstream upstream, int perSecond, int seconds) {
        return Lab.count(perSecond * seconds, i -> {
            lab.ticker.advance(Duration.ofNanos(1_000_000_000L / perSecond));
            LiveEndpoint chosen = upstream.choose(Lab.request());
            return chosen == null ? "-" : chosen.regionName();
        });
    }

    // ---- geo

    @Test
    void choose_geo_isTheNearestToTheClient() {
        Upstream upstream = geo();

        assertThat(regionFor(upstream, PARIS)).isEqualTo("eu");
        assertThat(regionFor(upstream, BOSTON)).isEqualTo("us");
    }

    @Test
    void choose_geoNearestIsOut_isTheNextNearest() {
        Upstream upstream = geo();
        lab.set(upstream, Availability.UNREACHABLE, first("us", 2));

        assertThat(regionFor(upstream, BOSTON)).isEqualTo("eu");
        assertThat(regionFor(upstream, new GeoPoint(-33.9, 151.2))).isEqualTo("ap");
    }

    @Test
    void choose_geoNearestHasLostHalf_keepsWhatItCanCarry() {
        Upstream upstream = geo();
        lab.set(upstream, Availability.UNHEALTHY, "eu0");

        Map<String, Integer> chosen = Lab.count(MANY, i -> Objects.requireNonNull(regionFor(upstream, PARIS)));
        assertThat(share(chosen, "eu")).isCloseTo(0.7, within(0.02));
        assertThat(share(chosen, "us")).isCloseTo(0.3, within(0.02));
    }

    @Test
    void choose_geoLowerTierIsNearer_staysInTheUpperTier() {
        Upstream upstream = lab.upstream(
                Lab.settings("region-selection=geo"),
                Lab.at(region("eu", 0, 1, 2), 53, -6),
                Lab.at(region("us", 1, 1, 2), 39, -77));

        assertThat(regionFor(upstream, BOSTON)).isEqualTo("eu");
    }

    @Test
    void choose_geoClientNotKnown_isByLatency() {
        Upstream upstream = geo();
        Lab.answered(Lab.live(upstream, "ap0"), 5_000_000, lab.ticker.getAsLong());
        Lab.answered(Lab.live(upstream, "eu0"), 50_000_000, lab.ticker.getAsLong());
        upstream.selector().refresh(lab.ticker.getAsLong());

        assertThat(share(Lab.regions(upstream, MANY), "ap")).isCloseTo(0.97, within(0.01));
    }

    private Upstream geo() {
        return lab.upstream(
                Lab.settings("region-selection=geo"),
                Lab.at(region("eu", 0, 1, 2), 53, -6),
                Lab.at(region("us", 0, 1, 2), 39, -77),
                Lab.at(region("ap", 0, 1, 2), 1, 104));
    }

    private static @Nullable String regionFor(Upstream upstream, GeoPoint client) {
        LiveEndpoint chosen = upstream.choose(Lab.request(client, 0));
        return chosen == null ? null : chosen.regionName();
    }

    // ---- latency

    @Test
    void choose_latency_isTheFastestButForWhatExplores() {
        Upstream upstream = latency(Home.UNKNOWN);
        answered(upstream, 80, 20, 60);

        Map<String, Integer> chosen = Lab.regions(upstream, MANY);

        assertThat(share(chosen, "us")).isCloseTo(0.97, within(0.005));
        assertThat(share(chosen, "eu")).isCloseTo(0.015, within(0.005));
        assertThat(share(chosen, "ap")).isCloseTo(0.015, within(0.005));
    }

    @Test
    void choose_latencyOfTheFastestRises_anotherTakesOver() {
        Upstream upstream = latency(Home.UNKNOWN);
        answered(upstream, 80, 20, 60);
        for (int second = 0; second < 60; second++) {
            lab.ticker.advance(Duration.ofSeconds(1));
            answered(upstream, 80, 200, 60);
        }

        assertThat(share(upstream, "ap")).isCloseTo(0.97, within(0.001));
    }

    @Test
    void choose_latencyNotMeasured_isNearestToTheGateway() {
        assertThat(share(latency(new Home("eu", null)), "eu")).isCloseTo(0.97, within(0.001));
        assertThat(share(latency(new Home("ap", null)), "ap")).isCloseTo(0.97, within(0.001));
    }

    @Test
    void choose_latencyNotMeasuredAndHomeIsOut_isNextNearest() {
        Upstream upstream = latency(new Home("eu", null));
        lab.set(upstream, Availability.UNREACHABLE, first("eu", 2));

        assertThat(share(upstream, "us")).isCloseTo(0.97, within(0.001));
    }

    @Test
    void choose_latencyNotMeasuredAndHomeUnknown_isAsConfigured() {
        assertThat(share(latency(Home.UNKNOWN), "eu")).isCloseTo(0.97, within(0.001));
        assertThat(share(latency(new Home("moon", null)), "eu")).isCloseTo(0.97, within(0.001));
    }

    @Test
    void choose_latencyOfChecksOnly_counts() {
        Upstream upstream = latency(Home.UNKNOWN);
        long now = lab.ticker.getAsLong();
        Lab.live(upstream, "eu0").region().checkTime().add(40e6, now);
        Lab.live(upstream, "us0").region().checkTime().add(30e6, now);
        Lab.live(upstream, "ap0").region().checkTime().add(10e6, now);
        upstream.selector().refresh(now);

        assertThat(share(upstream, "ap")).isCloseTo(0.97, within(0.001));
    }

    /** A used region's requests take 60 ms, its checks 10; one that has only been checked, in 20, is not faster. */
    @Test
    void choose_latencyOfChecks_isNotComparedWithThatOfRequests() {
        Upstream upstream = latency(Home.UNKNOWN);
        long now = lab.ticker.getAsLong();
        Lab.answered(Lab.live(upstream, "us0"), 60_000_000, now);
        Lab.live(upstream, "us0").region().checkTime().add(10e6, now);
        Lab.live(upstream, "eu0").region().checkTime().add(20e6, now);
        Lab.live(upstream, "ap0").region().checkTime().add(21e6, now);
        upstream.selector().refresh(now);

        assertThat(share(upstream, "us")).isCloseTo(0.97, within(0.001));
    }

    @Test
    void choose_latencyFastestHasLostHalf_restGoesToTheNextFastest() {
        Upstream upstream = latency(Home.UNKNOWN);
        answered(upstream, 80, 20, 60);
        lab.set(upstream, Availability.UNHEALTHY, "us0");

        assertThat(share(upstream, "us")).isCloseTo(0.7 * 0.97, within(0.01));
        assertThat(share(upstream, "ap")).isCloseTo(0.3 * 0.97 + 0.015, within(0.01));
    }

    private Upstream latency(Home home) {
        return lab.upstream(
                Lab.settings(home, "region-selection=latency"),
                Lab.at(region("eu", 0, 1, 2), 53, -6),
                Lab.at(region("us", 0, 1, 2), 39, -77),
                Lab.at(region("ap", 0, 1, 2), 1, 104));
    }

    private void answered(Upstream upstream, int eu, int us, int ap) {
        long now = lab.ticker.getAsLong();
        Lab.answered(Lab.live(upstream, "eu0"), eu * 1_000_000L, now);
        Lab.answered(Lab.live(upstream, "us0"), us * 1_000_000L, now);
        Lab.answered(Lab.live(upstream, "ap0"), ap * 1_000_000L, now);
        upstream.selector().refresh(now);
    }

    // ---- zones

    /** Of 10 endpoints in the gateway's own zone so many are well; what these cannot carry goes to all, another 10 too. */
    @ParameterizedTest
    @CsvSource({"10, 1", "8, 1", "5, 0.8", "0, 0"})
    void choose_ownZone_isUsedFirstAsFarAsItIsWell(int well, double expected) {
        Upstream upstream = zones(10, 10, "zone-preference=true");
        lab.set(upstream, Availability.UNREACHABLE, first("near", 10 - well));

        assertThat(zone(upstream, "near")).isCloseTo(expected, within(0.02));
    }

    @Test
    void choose_zonePreferenceOff_usesAllZones() {
        assertThat(zone(zones(10, 10, "zone-preference=false"), "near")).isCloseTo(0.5, within(0.02));
    }

    @Test
    void choose_hash_knowsNoZones() {
        Upstream upstream = zones(10, 10, "balance=hash");

        Map<String, Integer> hosts = Lab.count(
                MANY,
                i -> Objects.requireNonNull(upstream.choose(Lab.request(null, lab.random.nextLong())))
                        .endpoint()
                        .host());
        assertThat(hosts).hasSize(20);
    }

    @Test
    void choose_anotherRegionsZoneOfTheSameName_isNotTheOwn() {
        Upstream upstream = lab.upstream(
                Lab.settings(new Home("moon", "z1")),
                new Region(
                        "eu",
                        0,
                        1,
                        null,
                        0,
                        ServingState.ACTIVE,
                        List.of(Lab.endpoint("near0", 1, "z1"), Lab.endpoint("far0", 1, "z2"))));

        assertThat(zone(upstream, "near")).isCloseTo(0.5, within(0.02));
    }

    /** The only endpoint of the gateway's own zone returns: the zone must not get everything at once. */
    @Test
    void choose_ownZonesOnlyEndpointReturns_ramps() {
        Upstream upstream = zones(1, 1, "zone-preference=true");
        lab.set(upstream, Availability.EJECTED, "near0");
        assertThat(zone(upstream, "near")).isZero();
        lab.set(upstream, Availability.AVAILABLE, "near0");

        assertThat(zone(upstream, "near")).isBetween(0.08, 0.2);
        lab.ticker.advance(Duration.ofSeconds(30));
        upstream.selector().refresh(lab.ticker.getAsLong());
        assertThat(zone(upstream, "near")).isOne();
    }

    private Upstream zones(int near, int far, String setting) {
        List<Endpoint> endpoints = new java.util.ArrayList<>();
        for (int i = 0; i < near; i++) {
            endpoints.add(Lab.endpoint("near" + i, 1, "z1"));
        }
        for (int i = 0; i < far; i++) {
            endpoints.add(Lab.endpoint("far" + i, 1, "z2"));
        }
        return lab.upstream(
                Lab.settings(new Home("eu", "z1"), setting),
                new Region("eu", 0, 1, null, 0, ServingState.ACTIVE, endpoints));
    }

    private static double zone(Upstream upstream, String zone) {
        return Lab.hosts(upstream, MANY).entrySet().stream()
                        .filter(each -> each.getKey().startsWith(zone))
                        .mapToInt(Map.Entry::getValue)
                        .sum()
                / (double) MANY;
    }

    // ---- another try

    @ParameterizedTest
    @CsvSource({"round-robin", "random", "least-request", "least-response-time", "resource", "hash"})
    void choose_again_isAnotherEndpointThenAnotherRegion(String balance) {
        Upstream upstream =
                lab.upstream(Lab.settings("balance=" + balance), region("eu", 0, 1, 4), region("us", 1, 1, 2));
        for (int i = 0; i < 100; i++) {
            Selection selection = Lab.request(null, lab.random.nextLong());
            Set<LiveEndpoint> tried = new HashSet<>();
            List<String> regions = new java.util.ArrayList<>();
            for (int n = 0; n < 6; n++) {
                LiveEndpoint chosen = Objects.requireNonNull(upstream.choose(selection));
                assertThat(tried.add(chosen)).as("another one").isTrue();
                regions.add(chosen.regionName());
                selection.tried(chosen);
            }
            assertThat(regions.subList(0, 4)).containsExactly("eu", "eu", "us", "us");
            assertThat(upstream.choose(selection)).as("all have been tried").isNull();
        }
    }

    @Test
    void choose_againAfterTheRegionIsGone_isInAnotherRegion() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 2), region("us", 1, 1, 2));
        Selection selection = Lab.request();
        selection.tried(Objects.requireNonNull(upstream.choose(selection)));
        lab.set(upstream, Availability.UNREACHABLE, first("eu", 2));

        assertThat(Objects.requireNonNull(upstream.choose(selection)).regionName())
                .isEqualTo("us");
    }

    // ---- nothing there

    @Test
    void choose_noRegionsOrEndpoints_findsNone() {
        assertThat(Lab.regions(lab.upstream(Lab.settings()), 3)).containsOnlyKeys("-");
        assertThat(Lab.regions(lab.upstream(Lab.settings(), region("eu", 0, 1, 0)), 3))
                .containsOnlyKeys("-");
        assertThat(reason(lab.upstream(Lab.settings(), region("eu", 0, 1, 0)), "eu"))
                .isEqualTo("no endpoints");
    }

    @Test
    void shares_reason_countsWhatIsOut() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 4));
        lab.set(upstream, Availability.UNHEALTHY, "eu0", "eu1");
        lab.set(upstream, Availability.EJECTED, "eu2");

        assertThat(reason(upstream, "eu"))
                .isEqualTo("1 of 4 endpoints: ejected for failed requests; 2 of 4 endpoints: health checks fail");
    }

    /** Nothing is refreshed by a request: what is not refreshed stays as it was. */
    @Test
    void choose_notRefreshed_goesByTheOldPlan() {
        Upstream upstream = lab.upstream(Lab.settings(), region("eu", 0, 1, 1), region("us", 1, 1, 1));
        Lab.live(upstream, "eu0").state().availability(Availability.UNREACHABLE, lab.ticker.getAsLong());
        assertThat(Lab.regions(upstream, 10)).containsOnlyKeys("eu");

        upstream.selector().refresh(lab.ticker.getAsLong());
        assertThat(Lab.regions(upstream, 10)).containsOnlyKeys("us");
    }

    private static double share(Map<String, Integer> chosen, String name) {
        return chosen.getOrDefault(name, 0)
                / (double) chosen.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static double share(Upstream upstream, String region) {
        return of(upstream, region).share();
    }

    private static String reason(Upstream upstream, String region) {
        return of(upstream, region).reason();
    }

    private static Selector.RegionShare of(Upstream upstream, String region) {
        return upstream.selector().shares().stream()
                .filter(each -> each.region().equals(region))
                .findFirst()
                .orElseThrow();
    }
}
