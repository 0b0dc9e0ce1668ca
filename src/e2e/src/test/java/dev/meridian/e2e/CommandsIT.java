package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged application answers on the command line, without becoming a gateway. */
class CommandsIT {

    private static final String SOUND = """
            spring.cloud.gateway.server.webflux:
              routes:
                - id: orders
                  uri: lb://orders
                  predicates: [Path=/orders/**]
                  filters: [StripPrefix=1]
            meridian:
              upstreams:
                orders: { balance: random, endpoints: ["http://127.0.0.1:1", "http://127.0.0.1:2"], health-check: { path: / } }
            """;

    @TempDir
    private Path directory;

    @Test
    void validate_soundFile_isValid() throws IOException {
        CommandRun run = CommandRun.of("validate", file(SOUND));

        assertThat(run.output()).endsWith("gateway.yml: valid\n").hasLineCount(1);
        assertThat(run.exit()).isZero();
    }

    @Test
    void validate_wrongFile_tellsEverything_whereAndWhatWasMeant() throws IOException {
        String wrong = SOUND.replace("lb://orders", "lb://ordrs")
                        .replace("Path=", "Pth=")
                        .replace("StripPrefix", "StripPrefx")
                        .replace("balance: random", "balence: random")
                        .replace("http://127.0.0.1:2", "ftp://127.0.0.1:2")
                + "  client-address: { trusted-proxies: [somewhere] }\n  shutdown: { grace: soon }\n";

        CommandRun run = CommandRun.of("validate", file(wrong));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output())
                .contains("gateway.yml:4:12: error\n    spring.cloud.gateway.server.webflux.routes[0].uri: lb://ordrs")
                .contains("did you mean: orders")
                .contains(
                        "gateway.yml:5:20: error\n    spring.cloud.gateway.server.webflux.routes[0].predicates[0]: Pth")
                .contains("did you mean: Path")
                .contains("did you mean: StripPrefix")
                .contains("gateway.yml:9:24: error\n    meridian.upstreams.orders.balence")
                .contains("did you mean: balance")
                .contains("meridian.upstreams.orders.endpoints[1]: ftp://127.0.0.1:2")
                .contains("meridian.client-address.trusted-proxies[0]: somewhere")
                .contains("meridian.shutdown.grace: soon\n    expected: a duration like 500ms, 2s or 1m")
                .endsWith("gateway.yml: not valid, 7 errors, no warnings\n");
    }

    @Test
    void validate_json() throws IOException {
        CommandRun run = CommandRun.of("validate", file("a:\n  b: c\n d: e\n"), "--format=json");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.output())
                .startsWith("{")
                .contains("\"valid\" : false", "\"severity\" : \"error\"", "gateway.yml:3:2\"");
    }

    @Test
    void explain_tellsTheWay_asIfNothingHadHappenedYet() throws IOException {
        CommandRun run = CommandRun.of(
                "explain", file(SOUND), "GET", "/orders/7", "-H", "Accept: text/html", "--client=192.0.2.7");

        assertThat(run.exit()).isZero();
        assertThat(run.output())
                .contains("address: 192.0.2.7")
                .contains("- id: orders, order: 0, matched: true")
                .contains("settings: [StripPrefix parts = 1]")
                .contains("url: lb://orders/7")
                .contains("url: http://127.0.0.1:2, candidate: true, weight: 1.0, probability: 0.5");
    }

    @Test
    void explain_wrongUsage() throws IOException {
        CommandRun run = CommandRun.of("explain", file(SOUND), "GET");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.output()).contains("a file, a method and a uri are needed");
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(directory.resolve("gateway.yml"), yaml).toString();
    }
}
