package dev.meridian.e2e.configserver;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

/** Answers as a Spring Cloud Config Server does, or in whichever other way; counts what it has sent. */
public final class FakeConfigServer implements AutoCloseable {

    private static final Headers JSON = Headers.of("Content-Type", "application/json");

    private final Backend backend = Backend.start(Behaviour.answer(500, "not ready"));
    private final AtomicLong sent = new AtomicLong();

    /** Where it is. */
    public String url() {
        return backend.url();
    }

    /** From now on it serves this, and answers 304 to whoever has it. */
    public void serve(String version, String yaml) {
        byte[] body = answer(version, yaml).getBytes(StandardCharsets.UTF_8);
        String tag = "\"" + version + "\"";
        backend.behave((request, out) -> {
            boolean same =
                    request.headers().first("If-None-Match").filter(tag::equals).isPresent();
            sent.addAndGet(same ? 0 : body.length);
            out.answer(same ? 304 : 200, JSON.with("ETag", tag), same ? new byte[0] : body);
        });
    }

    /** From now on it does this. */
    public void behave(Behaviour behaviour) {
        backend.behave(behaviour);
    }

    /** What it would answer. */
    public static String answer(String version, String yaml) {
        return """
                {"name":"meridian","profiles":["default"],"label":null,"version":"%s","state":null,"propertySources":[
                {"name":"fake.yml","source":{%s}}]}""".formatted(version, flat(yaml));
    }

    private static String flat(String yaml) {
        YamlPropertiesFactoryBean reader = new YamlPropertiesFactoryBean();
        reader.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        Properties properties = Objects.requireNonNullElseGet(reader.getObject(), Properties::new);
        return properties.stringPropertyNames().stream()
                .map(name -> quoted(name) + ":" + quoted(properties.getProperty(name)))
                .collect(Collectors.joining(","));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** How many requests came. */
    public long requests() {
        return backend.requestCount();
    }

    /** How many bytes of configuration it has sent. */
    public long sentBytes() {
        return sent.get();
    }

    @Override
    public void close() {
        backend.close();
    }
}
