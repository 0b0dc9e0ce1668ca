package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.observability.exchange.ExchangeAutoConfiguration;
import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.observability.exchange.ExchangeEnding;
import dev.meridian.observability.exchange.ExchangeObserver;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.exchange.GatewayExchange;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.WebFilter;

class AccessLogAutoConfigurationTests {

    @TempDir
    Path directory = Path.of("");

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(AccessLogAutoConfiguration.class, ExchangeAutoConfiguration.class));

    @Test
    void byDefault_thereIsOneFilter() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(AccessLogObserver.class).hasSingleBean(WebFilter.class);
            assertThat(context.getBean(SettingsRoot.class).keys()).containsExactly("access-log");
        });
    }

    @Test
    void off_nothingIsThere() {
        for (String off : new String[] {"false", "off", "no"}) {
            runner.withPropertyValues("meridian.access-log.enabled=" + off).run(context -> {
                assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(AccessLogWriter.class)
                        .doesNotHaveBean(ExchangeObserver.class)
                        .doesNotHaveBean(WebFilter.class);
                assertThat(context.getBean(SettingsRoot.class).keys()).containsExactly("access-log");
            });
        }
    }

    @Test
    void gatewayOff_nothingIsThere() {
        runner.withPropertyValues("spring.cloud.gateway.server.webflux.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(AccessLogWriter.class));
    }

    @Test
    void file_isWrittenAtShutdownAtTheLatest() throws IOException {
        Path file = directory.resolve("logs/access.log");
        runner.withPropertyValues(
                        "meridian.access-log.file=" + file,
                        "meridian.access-log.format=text",
                        "meridian.access-log.query=true",
                        "meridian.access-log.user-agent=on")
                .run(context -> context.getBean(AccessLogObserver.class)
                        .onEnd(new ExchangeEnd(
                                MockServerWebExchange.from(
                                        MockServerHttpRequest.get("/a?b=1").header("User-Agent", "curl")),
                                new GatewayExchange(0),
                                ExchangeEnding.COMPLETE,
                                204,
                                1_000_000,
                                null)));

        assertThat(Files.readString(file)).matches("20.*Z - \"GET /a\\?b=1\" 204 ending=complete .* user_agent=curl\n");
    }

    @Test
    void droppedLines_areMeters() {
        runner.run(context -> {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            context.getBean(MeterBinder.class).bindTo(registry);

            assertThat(registry.get("meridian.access.log.dropped")
                            .tag("reason", "queue-full")
                            .functionCounter()
                            .count())
                    .isZero();
            assertThat(registry.get("meridian.access.log.dropped")
                            .tag("reason", "sink-failed")
                            .functionCounter()
                            .count())
                    .isZero();
        });
    }

    @Test
    void wrongSettings_areReportedTogether() {
        runner.withPropertyValues(
                        "meridian.access-log.queue-size=0",
                        "meridian.access-log.exclude-paths=/ok,health,/a/*",
                        "meridian.access-log.file=" + directory)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigException.class)
                        .hasMessageContaining("meridian.access-log.queue-size: 0 (expected: 1 to 4194304)")
                        .hasMessageContaining("meridian.access-log.exclude-paths[1]: health (expected: a path like")
                        .hasMessageContaining("meridian.access-log.exclude-paths[2]: /a/*")
                        .hasMessageContaining("meridian.access-log.file: " + directory));
    }

    @Test
    void unknownKeyAndWrongFormat_areRefused() {
        runner.withPropertyValues("meridian.access-log.fromat=json")
                .run(context -> assertThat(context).getFailure().hasRootCauseInstanceOf(Exception.class));
        runner.withPropertyValues("meridian.access-log.format=xml")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasStackTraceContaining("meridian.access-log.format")
                        .hasStackTraceContaining(BindException.class.getName()));
    }
}
