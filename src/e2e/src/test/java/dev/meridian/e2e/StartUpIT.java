package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.client.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A gateway starts as it is told, or says what is wrong and where, and ends. */
class StartUpIT {

    private static final Duration END = Duration.ofSeconds(60);
    private static final String STACK = "(?m)^\\s+at [\\w.$/@<>-]+\\(";

    @Test
    void withoutRoutesItStartsAndWarnsAndAnswersNotFound() {
        try (GatewayProcess gateway = GatewayProcess.start("no-routes", GatewayConfig.empty());
                RawClient client = RawClient.connect(gateway.port())) {
            assertThat(gateway.log()).containsPattern("WARN .*No routes");
            ProblemAssert.assertThat(client.get("/any?q").readResponse().answer())
                    .hasStatus(404)
                    .isProblem()
                    .hasInstance("/any")
                    .hasNoProxyStatus();
            ProblemAssert.assertThat(
                            client.get("/actuator/health").readResponse().answer())
                    .hasStatus(404)
                    .isProblem();
        }
    }

    static Stream<Arguments> wrongSettings() {
        return Stream.of(
                Arguments.of(
                        "unknown-key",
                        "meridian:\n  uptreams:\n    a: { endpoints: [\"http://127.0.0.1:1\"] }",
                        List.of(new Wrong("meridian.uptreams", "", 3))),
                Arguments.of(
                        "unknown-key-below",
                        "meridian:\n  upstreams:\n    a: { endpoints: [\"http://127.0.0.1:1\"] }\n    b: { timeuot: 7s }",
                        List.of(new Wrong("meridian.upstreams.b.timeuot", "7s", 4))),
                Arguments.of(
                        "bad-upstreams",
                        "meridian:\n  upstreams:\n    a:\n      endpoints:\n        - ftp://127.0.0.1:1\n"
                                + "        - { uri: \"http://127.0.0.1:1\", weight: 0 }",
                        List.of(
                                new Wrong("meridian.upstreams.a.endpoints[0]", "ftp://127.0.0.1:1", 5),
                                new Wrong("meridian.upstreams.a.endpoints[1].weight", "0", 6))),
                Arguments.of(
                        "bad-regions",
                        """
                        meridian:
                          upstreams:
                            a:
                              region-selection: geo
                              regions:
                                eu: { weight: 0, location: { lat: 91, lon: 8 }, endpoints: ["http://127.0.0.1:1"] }
                                us: { capacity: 0, endpoints: ["http://127.0.0.1:2", "http://127.0.0.1:2"] }""",
                        List.of(
                                new Wrong("meridian.upstreams.a.regions.eu.weight", "0", 6, "1 to 1000"),
                                new Wrong("meridian.upstreams.a.regions.eu.location.lat", "91", 6, "-90 to 90"),
                                new Wrong("meridian.upstreams.a.regions.us.capacity", "0", 7, "1 or more"),
                                new Wrong(
                                        "meridian.upstreams.a.regions.us.endpoints[1]",
                                        "http://127.0.0.1:2",
                                        7,
                                        "not in the list already"),
                                new Wrong(
                                        "meridian.upstreams.a.regions.us.location",
                                        "",
                                        0,
                                        "since region-selection is geo"))),
                Arguments.of(
                        "no-geo-database",
                        "meridian:\n  geo:\n    database: /nowhere/cities.mmdb",
                        List.of(new Wrong(
                                "meridian.geo.database", "/nowhere/cities.mmdb", 3, "a readable MaxMind DB file"))),
                Arguments.of(
                        "bad-cidr",
                        "meridian:\n  client-address:\n    trusted-proxies: [10.0.0.0/8, 10.0.0.0/33]",
                        List.of(new Wrong("meridian.client-address.trusted-proxies[1]", "10.0.0.0/33", 3))),
                Arguments.of(
                        "bad-duration",
                        "meridian:\n  shutdown:\n    drain: soon",
                        List.of(new Wrong("meridian.shutdown.drain", "soon", 3))));
    }

    /**
     * @param line where it stands, 0 for nowhere
     * @param remedy part of what is said to be right
     */
    private record Wrong(String property, String value, int line, String remedy) {

        Wrong(String property, String value, int line) {
            this(property, value, line, "");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongSettings")
    void wrongSettingEndsTheStart(String name, String yaml, List<Wrong> all) {
        String log = failingStart(GatewayProcess.of(name, GatewayConfig.empty().with(yaml)));
        for (Wrong wrong : all) {
            assertThat(log)
                    .containsPattern("Property: " + Pattern.quote(wrong.property))
                    .contains(wrong.value, wrong.remedy)
                    .containsPattern(wrong.line == 0 ? "" : "Origin: .*gateway\\.yml.* - " + wrong.line + ":\\d+");
        }
    }

    @Test
    void portThatIsTakenEndsTheStart() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            String port = Integer.toString(taken.getLocalPort());
            String log = failingStart(
                    GatewayProcess.of("port-taken", GatewayConfig.empty()).arguments("--server.port=" + port));
            assertThat(log).contains("server.port").contains(port).contains("already in use");
        }
    }

    @Test
    void fileThatIsMissingEndsTheStart() {
        String log = failingStart(GatewayProcess.of("missing-file", GatewayConfig.empty())
                .arguments("--spring.config.additional-location=file:./nowhere.yml"));
        assertThat(log).contains("nowhere.yml").contains("does not exist");
    }

    @Test
    void yamlThatIsBrokenEndsTheStart() {
        String log = failingStart(GatewayProcess.of(
                "broken-yaml", GatewayConfig.empty().with("meridian:\n  http:\n   a: [1, 2\n  b: 3")));
        assertThat(log).contains("gateway.yml").containsPattern("line 4|:4:|4 \\|");
    }

    private static String failingStart(GatewayProcess.Builder builder) {
        GatewayProcess gateway = builder.launch();
        try {
            assertThat(gateway.exitCode(END)).isEqualTo(1);
            assertThat(gateway.log()).doesNotContainPattern(STACK);
            return gateway.log();
        } finally {
            gateway.kill();
        }
    }
}
