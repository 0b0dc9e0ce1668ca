package dev.meridian.routes.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.routes.refresh.ServerAnswer;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.http.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.logging.DeferredLogs;
import org.springframework.cloud.config.client.ConfigClientProperties;
import org.springframework.cloud.config.client.ConfigClientRequestTemplateFactory;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.client.RestTemplate;

class ConfigServerProbeTests {

    private static final String ANSWER = """
            {"name":"meridian","profiles":["default"],"label":null,"version":"4f2a","state":"","propertySources":[]}""";
    private static final Headers JSON = Headers.of("Content-Type", "application/json");

    @AutoClose
    private final Backend server = Backend.start(Behaviour.answer(200, JSON, ANSWER));

    private final MockEnvironment environment = new MockEnvironment();
    private final ConfigClientProperties client = new ConfigClientProperties(environment);
    private final DefaultBootstrapContext bootstrap = new DefaultBootstrapContext();
    private final ConfigServerProbe probe = new ConfigServerProbe(bootstrap, environment);

    ConfigServerProbeTests() {
        client.setName("meridian");
        client.setUri(new String[] {server.url()});
        bootstrap.register(ConfigClientProperties.class, InstanceSupplier.of(client));
        bootstrap.register(
                ConfigClientRequestTemplateFactory.class,
                context -> new ConfigClientRequestTemplateFactory(
                        new DeferredLogs().getLog(ConfigServerProbeTests.class), client));
        new ConfigServerInitializer().initialize(bootstrap);
    }

    private static String version(String json) throws IOException {
        return ConfigServerProbe.version(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    // ---- what stands in the answer

    @Test
    void version_isTheServers() throws IOException {
        assertThat(version(ANSWER)).isEqualTo("4f2a");
    }

    @Test
    void version_standsFirst_restIsNotRead() throws IOException {
        assertThat(version("{\"name\":{\"a\":[1,{}]},\"version\":\"x\",\"propertySources\":[ no JSON"))
                .isEqualTo("x");
    }

    @Test
    void version_missing_isAllThereIs() throws IOException {
        String none = version(ANSWER.replace("\"4f2a\"", "null"));

        assertThat(none).hasSize(64).isEqualTo(version(ANSWER.replace("\"4f2a\"", "null")));
        assertThat(version(ANSWER.replace("\"4f2a\"", "null").replace("[]", "[1]")))
                .isNotEqualTo(none);
        assertThat(version(ANSWER.replace("\"version\":\"4f2a\",", ""))).hasSize(64);
        assertThat(version("[]")).hasSize(64);
        assertThat(version("")).hasSize(64);
    }

    @Test
    void version_rubbish_isToldOf() {
        assertThatThrownBy(() -> version("<html>"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("understood");
        assertThatThrownBy(() -> version("{\"name\": ")).isInstanceOf(IOException.class);
    }

    // ---- how it is asked for

    @Test
    void look_noServerIsUsed_isNothing() throws IOException {
        assertThat(new ConfigServerProbe(new DefaultBootstrapContext(), environment).look())
                .isEmpty();
    }

    @Test
    void look_anotherServerIsImportedByNow_asksThatOne() throws IOException {
        assertThat(probe.look()).isEqualTo("4f2a");
        try (Backend other = Backend.start(Behaviour.answer(200, JSON, ANSWER.replace("4f2a", "77")))) {
            environment.setProperty("spring.config.import", "optional:configserver:" + other.url() + "?fail-fast=true");
            assertThat(probe.look()).isEqualTo("77");
        }
        environment.setProperty("spring.config.import", "optional:configserver:");
        assertThat(probe.look()).isEqualTo("4f2a");
    }

    @Test
    void look_isNoted() throws IOException {
        probe.look();

        assertThat(Objects.requireNonNull(bootstrap.get(ServerAnswer.class)).last())
                .startsWith(server.url() + "/meridian/")
                .contains("answered 200");
    }

    @Test
    void look_asksForWhatIsRead() throws IOException {
        client.setLabel("feature/a");
        client.setToken("t");
        environment.setActiveProfiles("one", "two");

        assertThat(probe.look()).isEqualTo("4f2a");

        Recorded request = server.lastRequest();
        assertThat(request.method() + " " + request.target())
                .isIn("GET /meridian/one,two/feature(_)a", "GET /meridian/one%2Ctwo/feature(_)a");
        assertThat(request.headers().first("X-Config-Token")).contains("t");
        assertThat(request.headers().first("Authorization")).isEmpty();
    }

    @Test
    void look_noProfile_isTheDefaultOne() throws IOException {
        probe.look();

        assertThat(server.lastRequest().target()).isEqualTo("/meridian/default");
    }

    @Test
    void look_withCredentials() throws IOException {
        client.setUsername("u");
        client.setPassword("p");
        probe.look();
        assertThat(server.lastRequest().headers().first("Authorization")).contains("Basic dTpw");
    }

    @Test
    void look_withCredentialsInTheAddress() throws IOException {
        client.setUri(new String[] {server.url().replace("http://", "http://u:p@")});
        probe.look();
        assertThat(server.lastRequest().headers().first("Authorization")).contains("Basic dTpw");
    }

    @Test
    void look_unchanged_isAskedByItsTag() throws IOException {
        server.behave((request, out) -> {
            boolean same = request.headers().first("If-None-Match").isPresent();
            out.answer(
                    same ? 304 : 200,
                    JSON.with("ETag", "\"e\""),
                    same ? new byte[0] : ANSWER.getBytes(StandardCharsets.UTF_8));
        });

        assertThat(probe.look()).isEqualTo("4f2a");
        assertThat(probe.look()).isEqualTo("4f2a");
        assertThat(server.lastRequest().headers().first("If-None-Match")).contains("\"e\"");
    }

    @Test
    void look_theNextServerWhereOneFails() throws IOException {
        try (Backend failing = Backend.start(Behaviour.answer(500, "no"))) {
            client.setUri(new String[] {failing.url(), server.url()});

            assertThat(probe.look()).isEqualTo("4f2a");
            assertThat(failing.requestCount()).isEqualTo(1);
        }
    }

    @Test
    void look_theNextLabelWhereOneIsNotThere() throws IOException {
        client.setLabel("a,b");
        server.behave((request, out) ->
                out.answer(request.path().endsWith("/a") ? 404 : 200, JSON, ANSWER.getBytes(StandardCharsets.UTF_8)));

        assertThat(probe.look()).isEqualTo("4f2a");
        assertThat(server.lastRequest().target()).isEqualTo("/meridian/default/b");
    }

    @Test
    void look_noServerAnswers_fails() {
        server.behave(Behaviour.answer(500, "no"));
        assertThatThrownBy(probe::look).isInstanceOf(IOException.class).hasMessageContaining("does not answer");

        server.stop();
        assertThatThrownBy(probe::look).isInstanceOf(IOException.class).hasMessageContaining("does not answer");
    }

    @Test
    void look_addressThatIsNone_fails() {
        client.setUri(new String[] {"http://[", "  "});
        assertThatThrownBy(probe::look).isInstanceOf(IOException.class);
    }

    @Test
    void look_doesNotReadOn() throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Long> sent = new CompletableFuture<>();
        server.behave((request, out) -> {
            long count = 0;
            byte[] begin = ANSWER.replace("]}", "").getBytes(StandardCharsets.UTF_8);
            byte[] more = "0,".repeat(8 * 1024).getBytes(StandardCharsets.UTF_8);
            try {
                out.head(200, JSON.with("Content-Length", Long.toString(1L << 40)));
                out.write(begin);
                while (true) {
                    out.write(more);
                    out.flush();
                    count += more.length;
                }
            } finally {
                sent.complete(count);
            }
        });

        assertThat(List.of(CompletableFuture.supplyAsync(this::look).get(10, TimeUnit.SECONDS)))
                .containsExactly("4f2a");
        assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(32L << 20);
    }

    private String look() {
        try {
            return probe.look();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void limits_areThoseOfSpringCloudsClientAsWell() {
        RestTemplate template = Objects.requireNonNull(bootstrap.get(RestTemplate.class));
        server.behave(Behaviour.large(ConfigServerLimits.MOST + (1 << 20)));

        assertThatThrownBy(() -> template.getForObject(server.url() + "/x", byte[].class))
                .hasRootCauseMessage("The config server's answer is longer than 32 MB");
    }
}
