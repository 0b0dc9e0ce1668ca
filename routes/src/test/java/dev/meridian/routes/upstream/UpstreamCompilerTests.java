package dev.meridian.routes.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RoutesProperties;
import dev.meridian.routes.definition.StrictBinder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
