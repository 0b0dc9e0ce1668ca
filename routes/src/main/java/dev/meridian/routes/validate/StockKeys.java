package dev.meridian.routes.validate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.util.ClassUtils;

/** The keys that Spring Cloud Gateway and whoever adds to it say they read: from the metadata on the class path. */
final class StockKeys {

    static final String ROOT = "spring.cloud.gateway.server.webflux";

    private static final List<String> METADATA = List.of(
            "META-INF/spring-configuration-metadata.json", "META-INF/additional-spring-configuration-metadata.json");
    /** Each of these switches one factory or filter, of which anyone may add one. */
    private static final List<String> SWITCHES = List.of("filter", "global-filter", "predicate");

    private StockKeys() {}

    static Shape shape(ClassLoader loader) {
        Map<String, @Nullable String> types = new TreeMap<>();
        for (String file : METADATA) {
            try {
                for (URL url : Collections.list(loader.getResources(file))) {
                    read(url, types);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Node root = new Node();
        types.forEach((name, type) -> {
            Node node = root;
            for (String key : name.split("\\.", -1)) {
                node = node.children.computeIfAbsent(key, k -> new Node());
            }
            node.type = type;
            node.named = true;
        });
        Map<String, Shape> keys = new LinkedHashMap<>(root.shape(loader, false).keys());
        keys.put("routes", Shape.list(route()));
        keys.put("default-filters", Shape.list(definition(FilterDefinition.class)));
        for (String name : SWITCHES) {
            Node node = root.children.get(name);
            if (node != null) {
                keys.put(name, node.shape(loader, true));
            }
        }
        return Shape.group(keys);
    }

    private static void read(URL url, Map<String, @Nullable String> types) throws IOException {
        String text;
        try (InputStream in = url.openStream()) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!text.contains(ROOT)) {
            return;
        }
        Object properties = JsonParserFactory.getJsonParser().parseMap(text).get("properties");
        if (!(properties instanceof List<?> list)) {
            return;
        }
        for (Object each : list) {
            if (each instanceof Map<?, ?> property
                    && property.get("name") instanceof String name
                    && name.startsWith(ROOT + ".")) {
                types.put(name.substring(ROOT.length() + 1), (String) property.get("type"));
            }
        }
    }

    private static Shape route() {
        Map<String, Shape> keys = new LinkedHashMap<>();
        keys.put("id", Shape.value(String.class));
        keys.put("uri", Shape.value(java.net.URI.class));
        keys.put("predicates", Shape.list(definition(PredicateDefinition.class)));
        keys.put("filters", Shape.list(definition(FilterDefinition.class)));
        keys.put("order", Shape.value(int.class));
        keys.put("enabled", Shape.value(boolean.class));
        keys.put("metadata", Shape.ANY);
        return Shape.group(keys);
    }

    private static Shape definition(Class<?> type) {
        Map<String, Shape> keys = new LinkedHashMap<>();
        keys.put("name", Shape.value(String.class));
        keys.put("args", Shape.ANY);
        return Shape.group(keys).orPlain(type);
    }

    private static final class Node {

        private final Map<String, Node> children = new LinkedHashMap<>();
        private @Nullable String type;
        private boolean named;

        Shape shape(ClassLoader loader, boolean anySwitch) {
            if (named) {
                return leaf(loader);
            }
            Map<String, Shape> keys = new LinkedHashMap<>();
            children.forEach((key, node) -> keys.put(key, node.shape(loader, false)));
            return anySwitch ? Shape.map(Shape.group(settings(keys))) : Shape.group(keys);
        }

        /** What may stand below any of them, taken together. */
        private static Map<String, Shape> settings(Map<String, Shape> each) {
            Map<String, Shape> all = new LinkedHashMap<>();
            each.values().forEach(shape -> all.putAll(shape.keys()));
            return all;
        }

        private Shape leaf(ClassLoader loader) {
            String name = type;
            if (name == null || name.indexOf('<') >= 0 || !children.isEmpty()) {
                return Shape.ANY;
            }
            try {
                Class<?> resolved = ClassUtils.forName(name, loader);
                boolean simple = ClassUtils.isPrimitiveOrWrapper(resolved)
                        || resolved == String.class
                        || resolved.isEnum()
                        || resolved == java.time.Duration.class
                        || resolved == org.springframework.util.unit.DataSize.class;
                return simple ? Shape.value(resolved) : Shape.ANY;
            } catch (ClassNotFoundException | LinkageError e) {
                return Shape.ANY;
            }
        }
    }
}
