package dev.meridian.routes.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsRootCheckTests {

    private static final List<SettingsRoot> ROOTS =
            List.of(new SettingsRoot(List.of("upstreams", "region")), new SettingsRoot(List.of("client-address")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server.port: 8080",
                "meridian.region: eu-west",
                "meridian.upstreams.orders.anything: 1",
                "meridian.client-address.proxy-protocol: auto",
                "meridians.region: x",
            })
    void check_keysThatAModuleReads_areFine(String yaml) {
        check(Yaml.environment(yaml));
    }

    /** Boot binds these spellings, so they take effect and must not be called unknown. */
    @ParameterizedTest
    @ValueSource(strings = {"meridian.clientAddress.proxyProtocol: auto", "meridian.client_address: { a: 1 }"})
    void check_spellingsThatBootBinds_areFine(String yaml) {
        check(Yaml.environment(yaml));
    }

    @Test
    void check_unknownKey_namesItsPathAndPlaceAndWhatThereIs() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> check(Yaml.environment("""
                        meridian:
                          region: eu-west
                          upstream:
                            orders: http://a
                        """)))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(
                                ConfigProblem::property,
                                ConfigProblem::expected,
                                problem -> String.valueOf(problem.origin()))
                        .containsExactly(tuple(
                                "meridian.upstream.orders",
                                "one of the keys under meridian: client-address, region, upstreams",
                                "Byte array resource [gateway.yml] - 4:13")));
    }

    @Test
    void check_severalUnknownKeys_areAllNamed() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> check(Yaml.environment("meridian: { a: 1, region: x, b: { c: 2 } }")))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(ConfigProblem::property)
                        .containsExactlyInAnyOrder("meridian.a", "meridian.b.c"));
    }

    @Test
    void check_environmentAndSystemProperties_mayHoldWhateverTheyLike() {
        ConfigurableEnvironment environment = Yaml.environment("meridian.region: x");
        environment
                .getPropertySources()
                .addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of("MERIDIAN_HOME", "/opt")));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource(
                        StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, Map.of("meridian.leaks", "x")));

        check(environment);
    }

    @Test
    void settingsRoot_ofARecord_hasItsComponentsDashed() {
        assertThat(SettingsRoot.of(Sample.class).keys()).containsExactly("client-address", "via");
    }

    private static void check(ConfigurableEnvironment environment) {
        new SettingsRootCheck(environment, ROOTS).afterSingletonsInstantiated();
    }

    private record Sample(String clientAddress, String via) {}
}
