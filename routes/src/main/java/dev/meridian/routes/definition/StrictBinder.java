package dev.meridian.routes.definition;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;

/**
 * Binds settings records and refuses keys that nothing reads: a misspelt key must never look as if it took effect.
 *
 * <p>Several records may share the prefix {@code meridian}; each answers for the sub-trees of its own components.
 */
public final class StrictBinder {

    private StrictBinder() {}

    /**
     * Binds the record found under the prefix, or its defaults.
     *
     * @throws org.springframework.boot.context.properties.bind.BindException for a wrong type or an unknown key, with
     *     the property's path and origin
     */
    public static <T extends Record> T bind(Environment environment, String prefix, Class<T> type) {
        Binder binder = binder(environment, prefix);
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            BindHandler strict =
                    new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
            binder.bind(name, Bindable.of(ResolvableType.forType(component.getGenericType())), strict);
        }
        return binder.bindOrCreate(prefix, type);
    }

    /**
     * A binder that knows what stands under the prefix, and nothing else: Boot looks through all that a source has for each
     * list and each map, and there may be ten thousand routes beside.
     */
    public static Binder binder(Environment environment, String prefix) {
        ConfigurationPropertyName root = ConfigurationPropertyName.of(prefix);
        List<ConfigurationPropertySource> below = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            below.add(source.filter(name -> root.equals(name) || root.isAncestorOf(name)));
        }
        return new Binder(below, new PropertySourcesPlaceholdersResolver(environment));
    }
}
