package dev.meridian.routes.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

class FastRouteBindingTests {

    private static final String ROOT = "spring.cloud.gateway.server.webflux";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: 1",
                "routes: []",
                "routes: [{id: a}]",
                "routes: [{id: a, uri: 'http://a:1', order: 3, enabled: false, predicates: [Path=/a]}]",
                "routes: [{predicates: ['Path=/a,/b', {name: Header, args: {header: X, regexp: '[a-z]+'}}]}, {id: b}]",
                "routes: [{filters: [{name: SetPath, args: {template: '/${user.name}'}}, PreserveHostHeader]}]",
                "routes: [{metadata: {a: 1, b: {c: [1, 2]}, 'x.y': z}}]",
                "{default-filters: [StripPrefix=1], routes: [{id: '${none}'}, {id: b, metadata: {}}]}",
                "routes: ['a=http://a:1,Path=/a', {id: b}]",
            })
    void bindsAsBootDoes(String yaml) {
        GatewayProperties boot = Binder.get(environment(yaml)).bindOrCreate(ROOT, GatewayProperties.class);

        GatewayProperties fast = fast(environment(yaml));

        assertThat(fast.getRoutes()).isEqualTo(boot.getRoutes());
        assertThat(fast.getDefaultFilters()).isEqualTo(boot.getDefaultFilters());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "routes: [{id: a, order: many}]",
                "routes: [{id: a, predicates: [Path]}]",
                "routes: {'[1]': {id: a}}",
            })
    void failsAsBootDoes(String yaml) {
        assertThatThrownBy(() -> Binder.get(environment(yaml)).bindOrCreate(ROOT, GatewayProperties.class))
                .isInstanceOf(BindException.class);

        assertThatThrownBy(() -> fast(environment(yaml))).isInstanceOf(BindException.class);
    }

    @Test
    void manyRoutes_takeLittleTime() {
        StringBuilder yaml = new StringBuilder("routes:\n");
        for (int i = 0; i < 3_000; i++) {
            yaml.append("  - {id: r").append(i).append(", uri: 'http://a:1', predicates: [Path=/a, Method=GET]}\n");
        }
        StandardEnvironment environment = environment(yaml.toString());

        long from = System.nanoTime();
        assertThat(fast(environment).getRoutes()).hasSize(3_000);

        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void sameSource_isBoundOnce() {
        StandardEnvironment environment = environment("routes: [{id: a, uri: 'http://a:1', predicates: [Path=/a]}]");
        GatewayProperties first = fast(environment);

        assertThat(fast(environment).getRoutes()).isNotSameAs(first.getRoutes()).isEqualTo(first.getRoutes());
        environment.getPropertySources().addFirst(new MapPropertySource("over", Map.of(ROOT + ".routes[0].id", "b")));
        assertThat(fast(environment).getRoutes())
                .extracting(RouteDefinition::getId)
                .containsExactly("b");
    }

    @Test
    void placeholders_areResolvedEachTime() {
        StandardEnvironment environment = environment("routes: [{id: '${name}', uri: 'http://a:1'}]");
        Map<String, Object> values = new HashMap<>(Map.of("name", "a"));
        environment.getPropertySources().addFirst(new MapPropertySource("values", values));
        assertThat(fast(environment).getRoutes().get(0).getId()).isEqualTo("a");
        values.put("name", "b");

        assertThat(fast(environment).getRoutes().get(0).getId()).isEqualTo("b");
    }

    private static GatewayProperties fast(StandardEnvironment environment) {
        GatewayProperties properties = new GatewayProperties();
        Binder.get(environment)
                .bind(
                        ROOT,
                        Bindable.ofInstance(properties),
                        FastRouteBinding.handler(BindHandler.DEFAULT, environment));
        return properties;
    }

    private static StandardEnvironment environment(String yaml) {
        StandardEnvironment environment = new StandardEnvironment();
        String text = ROOT + ":\n" + yaml.indent(2);
        try {
            new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8)))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return environment;
    }
}
