package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.routes.archive.SafeStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** Rollback, hold and the start from what was saved, in a gateway whose configuration is a file. */
class RollbackTests {

    @TempDir
    private Path home;

    private void write(String path) throws IOException {
        Files.writeString(home.resolve("gateway.yml"), """
                spring.cloud.gateway.server.webflux.routes:
                  - { id: a, uri: "http://127.0.0.1:1", predicates: ["Path=%s"] }
                """.formatted(path));
    }

    private ConfigurableApplicationContext start() {
        return SafeStart.run(
                () -> {
                    SpringApplication application = new SpringApplication(Gateway.class);
                    application.setWebApplicationType(WebApplicationType.REACTIVE);
                    return application;
                },
                "--spring.config.additional-location=file:" + home.resolve("gateway.yml"),
                "--meridian.config.state-dir=" + home.resolve("state"),
                "--server.port=0",
                "--server.address=127.0.0.1");
    }

    private static GatewayRefresher refresher(ConfigurableApplicationContext context) {
        return context.getBean(GatewayRefresher.class);
    }

    private static String path(ConfigurableApplicationContext context) {
        return String.valueOf(
                context.getEnvironment().getProperty("spring.cloud.gateway.server.webflux.routes[0].predicates[0]"));
    }

    private void awaitSaved(GatewayRefresher refresher) {
        Awaitility.await().until(() -> Files.exists(home.resolve("state/last-good-config")));
        assertThat(refresher.notSaved()).isEmpty();
    }

    @Test
    void rollback_holdsUntilWhatIsReadChanges() throws IOException {
        write("/one");
        try (ConfigurableApplicationContext context = start()) {
            GatewayRefresher refresher = refresher(context);
            write("/two");
            assertThat(refresher.refresh()).isNotEmpty();
            assertThat(refresher.running()).isEqualTo(2);

            refresher.rollback(1);
            assertThat(path(context)).isEqualTo("Path=/one");
            assertThat(Objects.requireNonNull(refresher.held()).snapshot()).isEqualTo(3);
            assertThat(refresher.history().get(0).cause()).isEqualTo("rollback to 1");
            assertThat(refresher.history().get(0).hash())
                    .isEqualTo(refresher.history().get(2).hash());

            assertThat(refresher.refresh()).isEmpty();
            assertThat(path(context)).isEqualTo("Path=/one");
            assertThat(refresher.outcomes(RefreshOutcome.HELD)).isEqualTo(1);

            write("/three");
            refresher.refresh();
            assertThat(path(context)).isEqualTo("Path=/three");
            assertThat(refresher.held()).isNull();
        }
    }

    @Test
    void rollback_toWhatIsRead_holdsNothing() throws IOException {
        write("/one");
        try (ConfigurableApplicationContext context = start()) {
            GatewayRefresher refresher = refresher(context);
            write("/two");
            refresher.refresh();
            refresher.rollback(1);

            refresher.rollback(2);

            assertThat(refresher.held()).isNull();
            assertThat(path(context)).isEqualTo("Path=/two");
        }
    }

    @Test
    void rollback_unknown_changesNothing() throws IOException {
        write("/one");
        try (ConfigurableApplicationContext context = start()) {
            assertThatThrownBy(() -> refresher(context).rollback(7))
                    .isInstanceOf(UnknownSnapshotException.class)
                    .hasMessageContaining("no configuration 7");
            assertThat(refresher(context).held()).isNull();
        }
    }

    @Test
    void release_readsWhatThereIs() throws IOException {
        write("/one");
        try (ConfigurableApplicationContext context = start()) {
            GatewayRefresher refresher = refresher(context);
            write("/two");
            refresher.refresh();
            refresher.rollback(1);

            refresher.release();

            assertThat(path(context)).isEqualTo("Path=/two");
            assertThat(refresher.held()).isNull();
        }
    }

    @Test
    void start_fileIsBroken_isFromTheLastGoodOneAndCatchesUp() throws IOException {
        write("/one");
        try (ConfigurableApplicationContext context = start()) {
            awaitSaved(refresher(context));
        }
        Files.writeString(home.resolve("gateway.yml"), "a: [1\n");
        try (ConfigurableApplicationContext context = start()) {
            GatewayRefresher refresher = refresher(context);
            assertThat(path(context)).isEqualTo("Path=/one");
            assertThat(Objects.requireNonNull(refresher.startedFromLastGood()).reason())
                    .isNotEmpty();
            assertThatThrownBy(refresher::refresh).isInstanceOf(RuntimeException.class);
            assertThat(refresher.startedFromLastGood()).isNotNull();
            assertThat(refresher.outcomes(RefreshOutcome.UNREADABLE)).isEqualTo(1);

            write("/mended");
            refresher.refresh();
            assertThat(path(context)).isEqualTo("Path=/mended");
            assertThat(refresher.startedFromLastGood()).isNull();
        }
    }

    @EnableAutoConfiguration
    static class Gateway {}
}
