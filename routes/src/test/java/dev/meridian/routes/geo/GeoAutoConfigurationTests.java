package dev.meridian.routes.geo;

import static dev.meridian.routes.geo.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.testkit.geo.MmdbFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class GeoAutoConfigurationTests {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final GeoPoint BERLIN = new GeoPoint(52.52, 13.4);
    private static final GeoPoint SYDNEY = new GeoPoint(-33.9, 151.2);

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(GeoAutoConfiguration.class));

    @TempDir
    Path directory;

    @Test
    void context_withoutAnything_knowsNoPlace() {
        runner.run(context -> {
            assertThat(context.getBean(GeoProperties.class).geo())
                    .isEqualTo(
                            new GeoSettings(null, Duration.ofSeconds(30), new GeoSettings.Headers(null, null, null)));
            ClientLocator locator = context.getBean(ClientLocator.class);
            assertThat(locator.isConfigured()).isFalse();
            assertThat(locator.locate(address("203.0.113.1"), true, name -> "1"))
                    .isNull();
        });
    }

    @Test
    void context_inAGatewayWithEverything_locates() {
        new ReactiveWebApplicationContextRunner()
                .withUserConfiguration(Application.class)
                .withPropertyValues(
                        "meridian.geo.database=" + database(BERLIN),
                        "meridian.geo.reload-interval=5m",
                        "meridian.geo.headers.latitude=CloudFront-Viewer-Latitude",
                        "meridian.geo.headers.longitude=CloudFront-Viewer-Longitude",
                        "meridian.geo.headers.country=CF-IPCountry")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    ClientLocator locator = context.getBean(ClientLocator.class);
                    assertThat(locator.isConfigured()).isTrue();
                    assertThat(locator.locate(address("203.0.113.1"), true, name -> null))
                            .isEqualTo(BERLIN);
                    assertThat(locator.locate(
                                    address("203.0.113.1"),
                                    true,
                                    Map.of(
                                            "CloudFront-Viewer-Latitude",
                                            "-33.9",
                                            "CloudFront-Viewer-Longitude",
                                            "151.2")::get))
                            .isEqualTo(SYDNEY);
                    assertThat(locator.locate(address("203.0.113.1"), true, Map.of("CF-IPCountry", "FR")::get))
                            .isEqualTo(CountryCentroids.find("FR"));
                });
    }

    @Test
    void context_databaseChanges_isReadAgainUntilTheContextCloses() {
        runner.withPropertyValues("meridian.geo.database=" + database(BERLIN), "meridian.geo.reload-interval=100ms")
                .run(context -> {
                    ClientLocator locator = context.getBean(ClientLocator.class);
                    assertThat(locator.locate(address("203.0.113.1"), false, name -> null))
                            .isEqualTo(BERLIN);

                    MmdbFile.builder()
                            .city("203.0.113.0/24", -33.9, 151.2, "AU")
                            .city("198.51.100.0/24", 1, 1, "FR")
                            .writeTo(directory.resolve("test.mmdb"));

                    await().atMost(SOON)
                            .until(() -> SYDNEY.equals(locator.locate(address("203.0.113.1"), false, name -> null)));
                    assertThat(threads()).hasSize(1);
                });

        await().atMost(SOON).until(() -> threads().isEmpty());
    }

    @Test
    void context_missingDatabase_failsWithItsPath() {
        String missing = directory.resolve("none.mmdb").toString();

        runner.withPropertyValues("meridian.geo.database=" + missing)
                .run(context -> assertProblems(context)
                        .satisfies(e -> assertThat(((InvalidConfigException) e).problems())
                                .extracting(ConfigProblem::property, ConfigProblem::value, ConfigProblem::expected)
                                .containsExactly(tuple(
                                        "meridian.geo.database",
                                        missing,
                                        "a readable MaxMind DB file of cities or countries like GeoLite2-City.mmdb,"
                                                + " or no such key: there is no such file"))));
    }

    @Test
    void context_everythingWrong_failsWithEveryProblem() {
        runner.withPropertyValues(
                        "meridian.geo.database=\0",
                        "meridian.geo.reload-interval=99ms",
                        "meridian.geo.headers.latitude=X-Lat",
                        "meridian.geo.headers.country=two words")
                .run(context -> assertProblems(context)
                        .satisfies(e -> assertThat(((InvalidConfigException) e).problems())
                                .extracting(ConfigProblem::property)
                                .containsExactlyInAnyOrder(
                                        "meridian.geo.database",
                                        "meridian.geo.reload-interval",
                                        "meridian.geo.headers.longitude",
                                        "meridian.geo.headers.country")));
        assertThat(threads()).isEmpty();
    }

    @Test
    void context_longitudeWithoutLatitude_fails() {
        runner.withPropertyValues("meridian.geo.headers.longitude=X-Lon")
                .run(context -> assertProblems(context)
                        .hasMessageContaining(
                                "meridian.geo.headers.latitude: null (expected: the name of a header field,"
                                        + " because headers.longitude has one"));
    }

    @Test
    void context_emptyPathAndName_fail() {
        runner.withPropertyValues("meridian.geo.database=", "meridian.geo.headers.country=")
                .run(context -> assertProblems(context)
                        .hasMessageContaining("meridian.geo.database")
                        .hasMessageContaining("meridian.geo.headers.country"));
    }

    @Test
    void context_unknownKey_fails() {
        runner.withPropertyValues("meridian.geo.headers.lat=X")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnboundConfigurationPropertiesException.class)
                        .hasMessageContaining("meridian.geo.headers.lat"));
    }

    @Test
    void context_applicationsOwnLocator_goesFirst() {
        runner.withUserConfiguration(OwnLocator.class)
                .withPropertyValues("meridian.geo.database=" + directory.resolve("none.mmdb"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(ClientLocator.class)
                        .hasBean("ownLocator"));
    }

    @Test
    void context_gatewaySwitchedOff_hasNothingOfOurs() {
        runner.withPropertyValues("spring.cloud.gateway.server.webflux.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ClientLocator.class));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertProblems(
            AssertableApplicationContext context) {
        return assertThat(context).getFailure().rootCause().isInstanceOf(InvalidConfigException.class);
    }

    private Path database(GeoPoint place) {
        return MmdbFile.builder()
                .city("203.0.113.0/24", place.latitude(), place.longitude(), "DE")
                .writeTo(directory.resolve("test.mmdb"));
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(GeoDatabaseFile.THREAD))
                .toList();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnLocator {

        @Bean
        ClientLocator ownLocator() {
            return (client, peerTrusted, headers) -> BERLIN;
        }
    }
}
