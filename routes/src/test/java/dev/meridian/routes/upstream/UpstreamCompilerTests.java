package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.geo.GeoPoint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.mock.env.MockEnvironment;

class UpstreamCompilerTests {

    private static final String URI_EXPECTED = "a uri like http://host:port or https://host:port, without a path";

    private final UpstreamCompiler compiler = new UpstreamCompiler(Home.UNKNOWN);

    @ParameterizedTest
    @CsvSource({
        "http://orders:8080,         http,  orders,      8080, http://orders:8080",
        "http://orders,              http,  orders,      80,   http://orders",
        "http://orders:80,           http,  orders,      80,   http://orders",
        "https://orders,             https, orders,      443,  https://orders",
        "https://orders:443/,        https, orders,      443,  https://orders",
        "https://orders:80,          https, orders,      80,   https://orders:80",
        "http://orders:443,          http,  orders,      443,  http://orders:443",
        "HTTP://10.0.0.1:1,          http,  10.0.0.1,    1,    http://10.0.0.1:1",
        "http://10.0.0.1:65535,      http,  10.0.0.1,    65535, http://10.0.0.1:65535",
        "http://[2001:db8::1]:8080,  http,  2001:db8::1, 8080, 'http://[2001:db8::1]:8080'",
        "https://[::1],              https, ::1,         443,  'https://[::1]'",
        "'  http://orders:8080  ',   http,  orders,      8080, http://orders:8080",
    })
    void compile_goodUri_isReadIntoAnEndpoint(String uri, String scheme, String host, int port, String url) {
        Endpoint endpoint = upstream("o.endpoints[0]=" + uri).endpoints().get(0);

        assertThat(endpoint).isEqualTo(new Endpoint(scheme, host, port, 1, null, Map.of()));
        assertThat(endpoint.url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders",
                "orders:8080",
                "//orders:8080",
                "ftp://orders",
                "http:orders",
                "http://",
                "http://:8080",
                "http://orders/path",
                "http://orders?x=1",
                "http://orders#f",
                "http://user@orders",
                "http://user:secret@orders",
                "http://orders:0",
                "http://orders:65536",
                "http://orders:port",
                "http://two words",
                "http://a_b:8080",
                "http://[::1",
                "http://::1:8080",
            })
    void compile_badUri_isNamedWithItsValue(String uri) {
        assertThat(problems("o.endpoints[0]=http://good", "o.endpoints[1]=" + uri))
                .extracting(ConfigProblem::property, ConfigProblem::value, ConfigProblem::expected)
                .containsExactly(tuple("meridian.upstreams.o.endpoints[1]", uri, URI_EXPECTED));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pool.max-connections=0    | 0     | 1 or more",
                "pool.max-connections=-1   | -1    | 1 or more",
                "pool.max-pending=-1       | -1    | 0 or more",
                "pool.pending-timeout=0s   | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "pool.idle-timeout=-1s     | PT-1S | 1ms to 24h, as in 500ms, 2s or 1m",
                "pool.max-life=0           | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "timeout.connect=0ms       | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "timeout.connect=999us     | PT0.000999S | 1ms to 24h, as in 500ms, 2s or 1m",
                "timeout.response=-5s      | PT-5S | 1ms to 24h, as in 500ms, 2s or 1m",
                "timeout.idle=0s           | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "endpoints[0].weight=0     | 0     | 1 to 1000",
                "endpoints[0].weight=-7    | -7    | 1 to 1000",
                "endpoints[0].weight=1001  | 1001  | 1 to 1000",
            })
    void compile_numberOutOfRange_isNamedWithItsValue(String setting, String value, String expected) {
        String property = "meridian.upstreams.o." + setting.substring(0, setting.indexOf('='));

        assertThat(problems("o.endpoints[0].uri=http://good", "o." + setting))
                .extracting(ConfigProblem::property, p -> String.valueOf(p.value()), ConfigProblem::expected)
                .containsExactly(tuple(property, value, expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pool.max-connections=1",
                "pool.max-pending=0",
                "pool.pending-timeout=1ms",
                "timeout.idle=1ms",
                "endpoints[0].weight=1",
                "endpoints[0].weight=1000",
            })
    void compile_numberAtTheEdge_isFine(String setting) {
        assertThat(compile("o.endpoints[0].uri=http://good", "o." + setting)).containsOnlyKeys("o");
    }

    /** A duration is handed to the transport in milliseconds as an int, and to the pool in nanoseconds as a long. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeout.connect=25d",
                "pool.idle-timeout=200000d",
                "pool.max-life=200000d",
                "timeout.response=9223372036854775807s",
            })
    void compile_durationThatOverflows_isNamed(String setting) {
        String property = "meridian.upstreams.o." + setting.substring(0, setting.indexOf('='));

        assertThat(problems("o.endpoints[0]=http://good", "o." + setting))
                .extracting(ConfigProblem::property)
                .containsExactly(property);
    }

    @Test
    void compile_weightOutOfRange_isNotHandedOn() {
        ConfigProblems problems = new ConfigProblems(environment());
        Map<String, UpstreamSpec> compiled = compiler.compile(
                bind("o.endpoints[0].uri=http://a", "o.endpoints[0].weight=2000000000", "o.endpoints[1].uri=http://b")
                        .upstreams(),
                problems);

        assertThat(problems(problems))
                .extracting(ConfigProblem::property)
                .containsExactly("meridian.upstreams.o.endpoints[0].weight");
        assertThat(endpoints(Objects.requireNonNull(compiled.get("o"))))
                .as("a turn of round robin over these would not fit into memory")
                .allSatisfy(endpoint -> assertThat(endpoint.weight()).isBetween(1, 1000));
    }

    @Test
    void compile_noEndpoints_isNamedWithoutAValue() {
        assertThat(problems("o.pool.max-connections=5"))
                .containsExactly(new ConfigProblem(
                        "meridian.upstreams.o.endpoints",
                        null,
                        "at least one uri like http://host:port; or regions, or discovery.service",
                        null));
    }

    @Test
    void compile_endpointWithoutUri_isNamedWithoutAValue() {
        assertThat(problems("o.endpoints[0].weight=3"))
                .containsExactly(new ConfigProblem("meridian.upstreams.o.endpoints[0]", null, URI_EXPECTED, null));
    }

    @ParameterizedTest
    @CsvSource({
        "http://a:80, http://a",
        "http://a, http://a/",
        "https://a:443, https://a",
        "http://[::1]:80, http://[::1]",
    })
    void compile_sameEndpointTwice_namesTheSecond(String first, String second) {
        assertThat(problems("o.endpoints[0]=" + first, "o.endpoints[1]=" + second))
                .extracting(ConfigProblem::property, ConfigProblem::value, ConfigProblem::expected)
                .containsExactly(tuple(
                        "meridian.upstreams.o.endpoints[1]", second, "an endpoint that is not in the list already"));
    }

    @Test
    void compile_sameHostOnAnotherPortOrScheme_isAnotherEndpoint() {
        assertThat(upstream("o.endpoints[0]=http://a:443", "o.endpoints[1]=https://a:443", "o.endpoints[2]=http://a")
                        .endpoints())
                .extracting(Endpoint::url)
                .containsExactly("http://a:443", "https://a", "http://a");
    }

    @ParameterizedTest
    @CsvSource({
        "h2,  http://a:80,   http://a,  'an https uri, since protocol is h2'",
        "h2c, https://a:443, https://a, 'an http uri, since protocol is h2c'",
    })
    void compile_schemeThatTheProtocolCannotUse_isNamed(String protocol, String uri, String value, String expected) {
        assertThat(problems("o.protocol=" + protocol, "o.endpoints[0]=" + uri))
                .extracting(ConfigProblem::property, ConfigProblem::value, ConfigProblem::expected)
                .containsExactly(tuple("meridian.upstreams.o.endpoints[0]", value, expected));
    }

    @ParameterizedTest
    @CsvSource({"http1, http://a, HTTP1", "http1, https://a, HTTP1", "h2, https://a, H2", "h2c, http://a, H2C"})
    void compile_schemeThatTheProtocolUses_isFine(String protocol, String uri, Protocol expected) {
        assertThat(upstream("o.protocol=" + protocol, "o.endpoints[0]=" + uri)
                        .settings()
                        .protocol())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "ramp=0s                                      | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "ramp=25h                                     | PT25H | 1ms to 24h, as in 500ms, 2s or 1m",
                "resource-metric=' '                          | ' '   | cpu, memory or the name of a utilisation that endpoints report",
                "retry.attempts=-1                            | -1    | 0 to 10",
                "retry.attempts=11                            | 11    | 0 to 10",
                "health-check.path=healthz                    | healthz | a path like /healthz, in ASCII, without blanks",
                "health-check.path=/a b                       | /a b  | a path like /healthz, in ASCII, without blanks",
                "health-check.path=/ä                         | /ä    | a path like /healthz, in ASCII, without blanks",
                "health-check.method=get                      | get   | a method like GET or HEAD",
                "health-check.method=GET /                    | GET / | a method like GET or HEAD",
                "health-check.expected-status=                | -     | at least one, as in 200-299",
                "health-check.port=0                          | 0     | 1 to 65535",
                "health-check.port=65536                      | 65536 | 1 to 65535",
                "health-check.timeout=0s                      | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "health-check.interval=99ms                   | PT0.099S | 100ms to 24h",
                "health-check.interval=25h                    | PT25H | 100ms to 24h",
                "health-check.unhealthy-after=0               | 0     | 1 or more",
                "health-check.healthy-after=0                 | 0     | 1 or more",
                "outlier-detection.consecutive-failures=0     | 0     | 1 or more",
                "outlier-detection.minimum-requests=0         | 0     | 1 or more",
                "outlier-detection.failure-ratio=0%           | 0%    | above 0%, as in 50%; or nothing for none",
                "outlier-detection.window=0s                  | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "outlier-detection.eject-for=-1s              | PT-1S | 1ms to 24h, as in 500ms, 2s or 1m",
                "outlier-detection.max-eject-for=0s           | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
            })
    void compile_settingOutOfRange_isNamedWithItsValue(String setting, @Nullable String value, String expected) {
        String property = "meridian.upstreams.o." + setting.substring(0, setting.indexOf('='));

        assertThat(problems("o.endpoints[0].uri=http://good", "o." + setting.replace("' '", " ")))
                .extracting(
                        ConfigProblem::property,
                        p -> p.value() == null ? null : String.valueOf(p.value()),
                        ConfigProblem::expected)
                .containsExactly(tuple(property, value, expected));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ramp=1ms",
                "retry.attempts=0",
                "retry.attempts=10",
                "health-check.path=/",
                "health-check.path=/a?b=c",
                "health-check.method=HEAD",
                "health-check.port=65535",
                "health-check.interval=100ms",
                "health-check.interval=24h",
                "health-check.healthy-after=1",
                "outlier-detection.consecutive-failures=1",
                "outlier-detection.failure-ratio=100%",
                "outlier-detection.max-ejected=0%",
                "panic-threshold=0%",
                "panic-threshold=100%",
            })
    void compile_settingAtTheEdge_isFine(String setting) {
        assertThat(compile("o.endpoints[0].uri=http://good", "o." + setting)).containsOnlyKeys("o");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "priority=-1             | priority     | -1   | 0 to 100, 0 first",
                "priority=101            | priority     | 101  | 0 to 100, 0 first",
                "weight=0                | weight       | 0    | 1 to 1000; state: off takes a region out",
                "weight=1001             | weight       | 1001 | 1 to 1000; state: off takes a region out",
                "capacity=0              | capacity     | 0    | 1 or more requests per second, or nothing for no limit; state: off takes a region out",
                "capacity=-5             | capacity     | -5   | 1 or more requests per second, or nothing for no limit; state: off takes a region out",
                "location.lon=7          | location.lat | -    | degrees north, -90 to 90",
                "location.lat=7          | location.lon | -    | degrees east, -180 to 180",
                "endpoints[0].weight=0   | endpoints[0].weight | 0 | 1 to 1000",
                "endpoints[1]=nonsense   | endpoints[1] | nonsense | a uri like http://host:port or https://host:port, without a path",
                "endpoints[1]=http://a   | endpoints[1] | http://a | an endpoint that is not in the list already",
            })
    void compile_badRegion_isNamedWithItsValue(
            String setting, String property, @Nullable String value, String expected) {
        assertThat(problems("o.regions.eu.endpoints[0].uri=http://a", "o.regions.eu." + dotted(setting)))
                .extracting(
                        ConfigProblem::property,
                        p -> p.value() == null ? null : String.valueOf(p.value()),
                        ConfigProblem::expected)
                .containsExactly(tuple("meridian.upstreams.o.regions.eu." + property, value, expected));
    }

    /** The list must be all of one form. */
    private static String dotted(String setting) {
        return setting.replace("endpoints[1]=", "endpoints[1].uri=");
    }

    @ParameterizedTest
    @CsvSource({
        "91, 0, lat, 91.0",
        "-90.1, 0, lat, -90.1",
        "NaN, 0, lat, NaN",
        "0, 180.5, lon, 180.5",
        "0, -181, lon, -181.0"
    })
    void compile_placeThatIsNone_isNamed(String lat, String lon, String property, String value) {
        assertThat(problems(
                        "o.regions.eu.endpoints[0]=http://a",
                        "o.regions.eu.location.lat=" + lat,
                        "o.regions.eu.location.lon=" + lon))
                .extracting(ConfigProblem::property, p -> String.valueOf(p.value()))
                .containsExactly(tuple("meridian.upstreams.o.regions.eu.location." + property, value));
    }

    @Test
    void compile_geoWithoutLocations_namesEachRegion() {
        assertThat(problems(
                        "o.region-selection=geo",
                        "o.regions.eu.endpoints[0]=http://a",
                        "o.regions.us.endpoints[0]=http://b",
                        "o.regions.us.location.lat=1",
                        "o.regions.us.location.lon=2"))
                .containsExactly(new ConfigProblem(
                        "meridian.upstreams.o.regions.eu.location",
                        null,
                        "{lat: DEGREES, lon: DEGREES}, since region-selection is geo",
                        null));
    }

    @Test
    void compile_regionWithoutEndpoints_isNamed() {
        assertThat(problems("o.regions.eu.priority=0"))
                .containsExactly(new ConfigProblem(
                        "meridian.upstreams.o.regions.eu.endpoints",
                        null,
                        "at least one uri like http://host:port, or discovery.service",
                        null));
    }

    @Test
    void compile_endpointsBesideRegions_areNamed() {
        assertThat(problems("o.endpoints[0]=http://a", "o.regions.eu.endpoints[0]=http://b"))
                .containsExactly(new ConfigProblem(
                        "meridian.upstreams.o.endpoints",
                        "1 endpoints",
                        "endpoints under the regions, where there are regions",
                        null));
    }

    @ParameterizedTest
    @CsvSource({
        "o.endpoints[0]=http://a, o.discovery.service=s, o.endpoints",
        "o.regions.eu.endpoints[0]=http://a, o.discovery.service=s, o.regions.eu.endpoints",
        "o.regions.eu.endpoints[0]=http://a, o.regions.eu.discovery.service=s, o.regions.eu.endpoints",
    })
    void compile_endpointsBesideDiscovery_areNamed(String endpoints, String discovery, String property) {
        assertThat(problems(endpoints, discovery))
                .containsExactly(new ConfigProblem(
                        "meridian.upstreams." + property,
                        "1 endpoints",
                        "either endpoints or discovery, not both",
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "refresh=3s | -             | service  | -     | the name that discovery knows the service by",
                "service=   | -             | service  | ''    | the name that discovery knows the service by",
                "service=s  | refresh=0s    | refresh  | PT0S  | 1ms to 24h, as in 500ms, 2s or 1m",
                "service=s  | keep-for=-1s  | keep-for | PT-1S | 1ms to 24h, as in 500ms, 2s or 1m",
                "service=s  | keep-for=30h  | keep-for | PT30H | 1ms to 24h, as in 500ms, 2s or 1m",
            })
    void compile_badDiscovery_isNamedWhereverItStands(
            String first, @Nullable String second, String property, @Nullable String value, String expected) {
        for (String at : List.of("o.discovery.", "o.regions.eu.discovery.")) {
            List<String> settings = new java.util.ArrayList<>(List.of(at + first));
            if (second != null) {
                settings.add(at + second);
            }
            assertThat(problems(settings.toArray(String[]::new)))
                    .extracting(
                            ConfigProblem::property,
                            p -> p.value() == null ? null : String.valueOf(p.value()),
                            ConfigProblem::expected)
                    .containsExactly(tuple("meridian.upstreams." + at + property, value, expected));
        }
    }

    @Test
    void compile_tooManyRegions_isNamed() {
        String[] settings = new String[65];
        for (int i = 0; i < 65; i++) {
            settings[i] = "o.regions.r" + i + ".endpoints[0]=http://a" + i;
        }

        assertThat(problems(settings))
                .containsExactly(new ConfigProblem("meridian.upstreams.o.regions", "65 regions", "at most 64", null));
    }

    @Test
    void compile_regions_areAllInTheSpec() {
        UpstreamSpec spec = Objects.requireNonNull(compile(
                        "o.regions.eu.priority=0",
                        "o.regions.eu.weight=80",
                        "o.regions.eu.capacity=100",
                        "o.regions.eu.state=draining",
                        "o.regions.eu.location.lat=53.3",
                        "o.regions.eu.location.lon=-6.2",
                        "o.regions.eu.endpoints[0]=http://a",
                        "o.regions.us.priority=1",
                        "o.regions.us.discovery.service=orders-us")
                .get("o"));

        assertThat(spec.regions())
                .containsExactlyInAnyOrder(
                        new Region(
                                "eu",
                                0,
                                80,
                                new GeoPoint(53.3, -6.2),
                                100,
                                ServingState.DRAINING,
                                List.of(new Endpoint("http", "a", 80, 1, null, Map.of()))),
                        new Region("us", 1, 1, null, 0, ServingState.ACTIVE, List.of()));
        assertThat(spec.isDiscovered()).isTrue();
        assertThat(spec.discovery()).isNull();
        assertThat(spec.regionDiscovery()).containsOnlyKeys("us");
    }

    @Test
    void compile_discoveryAlone_isAnUpstreamWithoutEndpoints() {
        UpstreamSpec spec =
                Objects.requireNonNull(compile("o.discovery.service=orders").get("o"));

        assertThat(spec.regions()).isEmpty();
        assertThat(spec.isDiscovered()).isTrue();
    }

    @Test
    void compile_home_isInTheSettings() {
        Home home = new Home("eu", "z1");
        ConfigProblems problems = new ConfigProblems(environment());
        UpstreamSpec spec = Objects.requireNonNull(new UpstreamCompiler(home)
                .compile(bind("o.endpoints[0]=http://a").upstreams(), problems)
                .get("o"));

        assertThat(spec.settings().selection().home()).isEqualTo(home);
    }

    @Test
    void compile_severalProblems_namesThemAllAndKeepsTheSoundUpstreams() {
        ConfigProblems problems = new ConfigProblems(environment());
        Map<String, UpstreamSpec> sound = compiler.compile(
                bind(
                                "good.endpoints[0]=http://a",
                                "empty.pool.max-pending=-1",
                                "mixed.endpoints[0]=nonsense",
                                "mixed.endpoints[1].uri=http://b",
                                "mixed.endpoints[1].weight=0",
                                "mixed.timeout.idle=0s")
                        .upstreams(),
                problems);

        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(problems::throwIfAny)
                .satisfies(e -> assertThat(e.problems())
                        .extracting(ConfigProblem::property)
                        .containsExactlyInAnyOrder(
                                "meridian.upstreams.empty.pool.max-pending",
                                "meridian.upstreams.empty.endpoints",
                                "meridian.upstreams.mixed.endpoints[0]",
                                "meridian.upstreams.mixed.endpoints[1].weight",
                                "meridian.upstreams.mixed.timeout.idle"))
                .withMessageContaining("meridian.upstreams.mixed.endpoints[0]: nonsense (expected: " + URI_EXPECTED);
        assertThat(sound).containsKey("good").doesNotContainKey("empty");
    }

    @Test
    void compile_everythingSet_isAllInTheUpstream() {
        Upstream upstream = upstream(
                "o.protocol=h2c",
                "o.pool.max-connections=3",
                "o.pool.max-pending=4",
                "o.pool.pending-timeout=5s",
                "o.pool.idle-timeout=6s",
                "o.pool.max-life=7m",
                "o.timeout.connect=8ms",
                "o.timeout.response=9s",
                "o.timeout.idle=10s",
                "o.endpoints[0].uri=http://a:1",
                "o.endpoints[0].weight=2",
                "o.endpoints[0].zone=z1",
                "o.endpoints[0].metadata.rack=r7",
                "o.endpoints[1]=http://b:1");

        assertThat(upstream.name()).isEqualTo("o");
        assertThat(upstream.endpoints())
                .containsExactly(
                        new Endpoint("http", "a", 1, 2, "z1", Map.of("rack", "r7")),
                        new Endpoint("http", "b", 1, 1, null, Map.of()));
        UpstreamSettings settings = upstream.settings();
        assertThat(settings.protocol()).isEqualTo(Protocol.H2C);
        assertThat(settings.pool().maxConnections()).isEqualTo(3);
        assertThat(settings.pool().maxPending()).isEqualTo(4);
        assertThat(settings.pool().pendingTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.pool().idleTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(settings.pool().maxLife()).isEqualTo(Duration.ofMinutes(7));
        assertThat(settings.timeout().connect()).isEqualTo(Duration.ofMillis(8));
        assertThat(settings.timeout().response()).isEqualTo(Duration.ofSeconds(9));
        assertThat(settings.timeout().idle()).isEqualTo(Duration.ofSeconds(10));
        assertThat(Lab.hosts(upstream, 3)).isEqualTo(Map.of("a", 2, "b", 1));
    }

    private Upstream upstream(String... settings) {
        return Objects.requireNonNull(
                new UpstreamSpecs(compile(settings)).create(new Lab().factory).get("o"), "o");
    }

    private Map<String, UpstreamSpec> compile(String... settings) {
        ConfigProblems problems = new ConfigProblems(environment());
        Map<String, UpstreamSpec> upstreams = compiler.compile(bind(settings).upstreams(), problems);
        problems.throwIfAny();
        return upstreams;
    }

    private List<ConfigProblem> problems(String... settings) {
        ConfigProblems problems = new ConfigProblems(environment());
        compiler.compile(bind(settings).upstreams(), problems);
        return problems(problems);
    }

    private static List<ConfigProblem> problems(ConfigProblems problems) {
        try {
            problems.throwIfAny();
            return List.of();
        } catch (InvalidConfigException e) {
            return e.problems();
        }
    }

    private static List<Endpoint> endpoints(UpstreamSpec spec) {
        return spec.regions().stream()
                .flatMap(region -> region.endpoints().stream())
                .toList();
    }

    private static RoutesProperties bind(String... settings) {
        MockEnvironment environment = environment();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            environment.setProperty(
                    "meridian.upstreams." + setting.substring(0, equals), setting.substring(equals + 1));
        }
        return StrictBinder.bind(environment, "meridian", RoutesProperties.class);
    }

    private static MockEnvironment environment() {
        MockEnvironment environment = new MockEnvironment();
        ConfigurationPropertySources.attach(environment);
        return environment;
    }
}
