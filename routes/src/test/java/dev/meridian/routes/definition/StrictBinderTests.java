package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

class StrictBinderTests {

    @Test
    void bind_nothingWritten_givesTheDefaults() {
        RoutesProperties properties = bind("server.port: 1");

        assertThat(properties).isEqualTo(new RoutesProperties(null, null, Map.of()));
    }

    @Test
    void bind_onlyEndpoints_givesTheDocumentedDefaultsOfTheRest() {
        UpstreamDefinition orders = upstream("orders", "meridian.upstreams.orders.endpoints: [http://a]");

        assertThat(orders)
                .isEqualTo(new UpstreamDefinition(
                        List.of(new EndpointDefinition("http://a", 1, null, Map.of())),
                        null,
                        Map.of(),
                        RegionSelection.WEIGHTED,
                        new Percent(0.5),
                        Duration.ofSeconds(30),
                        BalanceAlgorithm.ROUND_ROBIN,
                        new HashKey(HashKey.Source.CLIENT_IP, null),
                        "cpu",
                        true,
                        null,
                        new OutlierDetectionDefinition(
                                true,
                                5,
                                List.of(new StatusRange(502, 504)),
                                null,
                                Duration.ofSeconds(10),
                                20,
                                Duration.ofSeconds(30),
                                Duration.ofMinutes(10),
                                new Percent(0.5)),
                        null,
                        new RetryDefinition(
                                2,
                                null,
                                List.of(),
                                null,
                                Duration.ofMillis(25),
                                Duration.ofMillis(250),
                                new Percent(0.2),
                                false,
                                DataSize.ofKilobytes(64)),
                        new ConcurrencyDefinition(null, null, false),
                        Protocol.HTTP1,
                        new PoolDefinition(
                                1024, 1024, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(5)),
                        TimeoutDefinition.of(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60))));
    }

    @Test
    void bind_endpoints_takesTheShortAndTheLongFormSideBySide() {
        UpstreamDefinition orders = upstream("orders", """
                meridian:
                  upstreams:
                    orders:
                      endpoints:
                        - http://a:1
                        - { uri: "http://b:1", weight: 3, zone: z2, metadata: { rack: r1 } }
                        - uri: http://c:1
                """);

        assertThat(orders.endpoints())
                .containsExactly(
                        new EndpointDefinition("http://a:1", 1, null, Map.of()),
                        new EndpointDefinition("http://b:1", 3, "z2", Map.of("rack", "r1")),
                        new EndpointDefinition("http://c:1", 1, null, Map.of()));
    }

    @Test
    void bind_endpointsInOneLine_areSeparatedByCommas() {
        assertThat(upstream("orders", "meridian.upstreams.orders.endpoints: http://a:1, http://b:1")
                        .endpoints())
                .extracting(EndpointDefinition::uri)
                .containsExactly("http://a:1", "http://b:1");
    }

    @Test
    void bind_healthCheckWithNothingInIt_givesTheDocumentedDefaults() {
        assertThat(upstream("orders", "meridian.upstreams.orders: { health-check: { path: / } }")
                        .healthCheck())
                .isEqualTo(new HealthCheckDefinition(
                        HealthCheckDefinition.Type.HTTP,
                        "/",
                        "GET",
                        List.of(new StatusRange(200, 299)),
                        Map.of(),
                        null,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        3,
                        2));
    }

    @Test
    void bind_region_givesTheDocumentedDefaults() {
        assertThat(upstream("orders", "meridian.upstreams.orders.regions.eu-west.endpoints: [http://a]")
                        .regions())
                .isEqualTo(Map.of(
                        "eu-west",
                        new RegionDefinition(
                                0,
                                1,
                                null,
                                null,
                                ServingState.ACTIVE,
                                List.of(new EndpointDefinition("http://a", 1, null, Map.of())),
                                null)));
    }

    @Test
    void bind_discovery_givesTheDocumentedDefaults() {
        assertThat(upstream("orders", "meridian.upstreams.orders.discovery.service: orders")
                        .discovery())
                .isEqualTo(new DiscoveryDefinition("orders", Duration.ofSeconds(5), Duration.ofHours(1)));
    }

    /** As the design's own example has it. */
    @Test
    void bind_regionsAsInTheDesign_areRead() {
        UpstreamDefinition orders = upstream("orders", """
                meridian:
                  upstreams:
                    orders:
                      balance: least-response-time
                      region-selection: latency
                      hash-on: header:X-User
                      regions:
                        eu-west: { priority: 0, weight: 80, endpoints: ["http://10.1.0.1:8080", "http://10.1.0.2:8080"] }
                        us-east: { priority: 1, weight: 20, state: draining, location: { lat: 38.9, lon: -77 }, capacity: 50, endpoints: [{ uri: "http://10.2.0.1:8080", weight: 2, zone: a }] }
                      health-check: { path: /healthz, interval: 3s, timeout: 1s, unhealthy-after: 3, healthy-after: 2, expected-status: [200, 3xx, 404-405], port: 81, type: tcp }
                      outlier-detection: { consecutive-failures: 5, eject-for: 30s, max-ejected: 50%, statuses: 5xx, failure-ratio: 12.5% }
                      retry: { attempts: 1 }
                """);

        assertThat(orders.balance()).isEqualTo(BalanceAlgorithm.LEAST_RESPONSE_TIME);
        assertThat(orders.regionSelection()).isEqualTo(RegionSelection.LATENCY);
        assertThat(orders.hashOn()).isEqualTo(new HashKey(HashKey.Source.HEADER, "X-User"));
        assertThat(orders.regions())
                .containsOnlyKeys("eu-west", "us-east")
                .containsEntry(
                        "us-east",
                        new RegionDefinition(
                                1,
                                20,
                                new LocationDefinition(38.9, -77.0),
                                50,
                                ServingState.DRAINING,
                                List.of(new EndpointDefinition("http://10.2.0.1:8080", 2, "a", Map.of())),
                                null));
        assertThat(Objects.requireNonNull(orders.healthCheck()).expectedStatus())
                .containsExactly(new StatusRange(200, 200), new StatusRange(300, 399), new StatusRange(404, 405));
        assertThat(orders.healthCheck().type()).isEqualTo(HealthCheckDefinition.Type.TCP);
        assertThat(orders.healthCheck().port()).isEqualTo(81);
        assertThat(orders.outlierDetection().failureRatio()).isEqualTo(new Percent(0.125));
        assertThat(orders.outlierDetection().statuses()).containsExactly(new StatusRange(500, 599));
        assertThat(orders.retry().attempts()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "H2C", "h2C"})
    void bind_protocol_inAnyCase(String written) {
        assertThat(upstream("o", "meridian.upstreams.o: { protocol: %s, endpoints: [http://a] }".formatted(written))
                        .protocol())
                .isEqualTo(Protocol.H2C);
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders-v2", "orders2", "Orders", "orders_v2", "\"[orders.v2]\""})
    void bind_upstreamsName_isKeptAsWritten(String written) {
        String name = written.replaceAll("[\"\\[\\]]", "");

        assertThat(bind("meridian: { upstreams: { %s: { endpoints: [http://a] } } }".formatted(written))
                        .upstreams())
                .containsOnlyKeys(name);
    }

    @Test
    void bind_unknownKey_isRefusedWithItsPlace() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind("""
                        meridian:
                          region: eu-west
                          upstreams:
                            orders:
                              endpoint: http://a
                              endpoints: [http://b]
                        """))
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.type(UnboundConfigurationPropertiesException.class))
                .satisfies(e -> assertThat(e.getUnboundProperties())
                        .extracting(
                                property -> property.getName().toString(),
                                ConfigurationProperty::getValue,
                                property -> String.valueOf(property.getOrigin()))
                        .containsExactly(tuple(
                                "meridian.upstreams.orders.endpoint",
                                "http://a",
                                "Byte array resource [gateway.yml] - 5:17")));
    }

    @Test
    void bind_severalUnknownKeys_areAllNamed() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind("""
                        meridian:
                          upstreams:
                            orders: { endpoints: [{ uri: "http://a", wieght: 2 }], pool: { max-conections: 3 } }
                            stock: { endpoints: [http://b], timeouts: { idle: 5s } }
                        """))
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.type(UnboundConfigurationPropertiesException.class))
                .satisfies(e -> assertThat(e.getUnboundProperties())
                        .extracting(property -> property.getName().toString())
                        .containsExactlyInAnyOrder(
                                "meridian.upstreams.orders.endpoints[0].wieght",
                                "meridian.upstreams.orders.pool.max-conections",
                                "meridian.upstreams.stock.timeouts.idle"));
    }

    @Test
    void bind_otherModulesKeys_areNotItsBusiness() {
        assertThat(bind("meridian: { region: eu-west, forward: { via: x }, rubbish: 1 }")
                        .region())
                .isEqualTo("eu-west");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeout.idle: soon",
                "pool.max-connections: many",
                "protocol: spdy",
                "endpoints[0]: { uri: http://a, weight: heavy }",
                "balance: fastest",
                "region-selection: nearest",
                "hash-on: header",
                "panic-threshold: 0.5",
                "ramp: slowly",
                "health-check: { type: ping }",
                "health-check: { expected-status: fine }",
                "outlier-detection: { max-ejected: 150% }",
                "outlier-detection: { statuses: 600 }",
                "regions: { eu: { state: 'on' } }",
                "regions: { eu: { priority: first } }",
                "regions: { eu: { capacity: much } }",
                "regions: { eu: { location: { lat: north } } }",
                "discovery: { refresh: often }",
            })
    void bind_wrongType_isRefusedWithItsPlace(String setting) {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind("meridian:\n  upstreams:\n    orders:\n      " + setting))
                .extracting(BindException::getProperty, InstanceOfAssertFactories.type(ConfigurationProperty.class))
                .satisfies(property -> assertThat(property.getOrigin())
                        .asString()
                        .startsWith("Byte array resource [gateway.yml] - 4:"));
    }

    @Test
    void bind_variableOfTheShellThatNothingReads_isNotHeldAgainstTheUser() {
        ConfigurableEnvironment environment = Yaml.environment("meridian.upstreams.orders.endpoints: [http://a]");
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        Map.of("MERIDIAN_UPSTREAMS_ORDERS_RUBBISH", "1")));

        assertThat(StrictBinder.bind(environment, "meridian", RoutesProperties.class)
                        .upstreams())
                .containsOnlyKeys("orders");
    }

    private static UpstreamDefinition upstream(String name, String yaml) {
        return Objects.requireNonNull(bind(yaml).upstreams().get(name), name);
    }

    private static RoutesProperties bind(String yaml) {
        return StrictBinder.bind(Yaml.environment(yaml), "meridian", RoutesProperties.class);
    }
}
