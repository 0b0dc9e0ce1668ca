package dev.meridian.gateway.startup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.error.YAMLException;

/** Loads {@code .yml} and {@code .yaml}; a parser's failure gets the name of the file, which it does not know. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class YamlFileLoader extends ConfigFileLoader {

    YamlFileLoader() {
        super(new YamlPropertySourceLoader());
    }

    @Override
    public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
        List<PropertySource<?>> loaded;
        try {
            loaded = super.load(name, resource);
        } catch (YAMLException e) {
            throw new InvalidYamlException(nameOf(resource), YamlProblem.of(e, textOf(resource)), e);
        }
        if (loaded.stream().anyMatch(YamlFileLoader::hasNoKeys)) {
            throw new InvalidYamlException(nameOf(resource), YamlProblem.noKeys(textOf(resource)), null);
        }
        return loaded;
    }

    /** Boot files a document that is no mapping under a key of its own, where nothing ever looks for it. */
    private static boolean hasNoKeys(PropertySource<?> source) {
        if (!(source instanceof EnumerablePropertySource<?> enumerable)) {
            return false;
        }
        List<String> names = List.of(enumerable.getPropertyNames());
        return !names.isEmpty()
                && names.stream().allMatch(name -> name.equals("document") || name.startsWith("document["));
    }

    private static String nameOf(Resource resource) throws IOException {
        return resource.isFile() ? absolute(resource.getFile().toPath()).toString() : resource.getDescription();
    }

    /** What is no UTF-8 comes out as replacement characters: it is the failure to be explained, not another one. */
    private static String textOf(Resource resource) throws IOException {
        return new String(resource.getContentAsByteArray(), StandardCharsets.UTF_8);
    }
}
