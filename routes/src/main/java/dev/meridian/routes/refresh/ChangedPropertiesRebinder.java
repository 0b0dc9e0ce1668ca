package dev.meridian.routes.refresh;

import dev.meridian.routes.archive.ReadSources;
import dev.meridian.routes.validate.ConfigValidator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.ConfigurationPropertiesBean;
import org.springframework.boot.context.properties.bind.BindMethod;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.properties.ConfigurationPropertiesBeans;
import org.springframework.cloud.context.properties.ConfigurationPropertiesRebinder;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Binds anew what has changed. Stock resets and binds every bean of properties at each change, which takes most of the
 * time of a refresh, and tries it on records as well, which cannot be changed.
 */
final class ChangedPropertiesRebinder extends ConfigurationPropertiesRebinder {

    private final ConfigurationPropertiesBeans beans;
    private final Map<String, Target> targets = new ConcurrentHashMap<>();
    private final ApplicationContext context;

    ChangedPropertiesRebinder(ConfigurationPropertiesBeans beans, ApplicationContext context) {
        super(beans);
        this.beans = beans;
        this.context = context;
    }

    /** Which properties a bean has, and whether it can take others. */
    private record Target(ConfigurationPropertyName prefix, boolean changeable) {

        private static final Target NONE = new Target(ConfigurationPropertyName.EMPTY, false);

        boolean has(ConfigurationPropertyName name) {
            return prefix.equals(name) || prefix.isAncestorOf(name);
        }
    }

    @Override
    public void onApplicationEvent(EnvironmentChangeEvent event) {
        if (!context.equals(event.getSource()) && !event.getKeys().equals(event.getSource())) {
            return;
        }
        getErrors().clear();
        if (event.getKeys().isEmpty()) {
            return;
        }
        List<ConfigurationPropertyName> changed = new ArrayList<>();
        event.getKeys().forEach(key -> changed.add(ConfigurationPropertyName.adapt(key, '.')));
        if (context.getEnvironment() instanceof ConfigurableEnvironment environment) {
            addReferring(environment, changed);
        }
        for (String name : beans.getBeanNames()) {
            Target target = targets.computeIfAbsent(name, this::target);
            if (target.changeable() && changed.stream().anyMatch(target::has)) {
                if (!(context.getBean(name) instanceof GatewayProperties stock) || !takenOver(stock)) {
                    rebind(name);
                }
            }
        }
    }

    /** Spring would validate each of the routes once more, and look through all keys for its own. */
    private boolean takenOver(GatewayProperties stock) {
        GatewayProperties bound =
                stock.getClass() == GatewayProperties.class ? ConfigValidator.stock(context.getEnvironment()) : null;
        if (bound != null) {
            BeanUtils.copyProperties(bound, stock);
        }
        return bound != null;
    }

    /** A value that refers to another may be a different one now, although it reads the same. */
    private static void addReferring(ConfigurableEnvironment environment, List<ConfigurationPropertyName> to) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (ReadSources.isRead(source) && source instanceof EnumerablePropertySource<?> enumerable) {
                for (String name : enumerable.getPropertyNames()) {
                    if (String.valueOf(enumerable.getProperty(name)).contains("${")) {
                        to.add(ConfigurationPropertyName.adapt(name, '.'));
                    }
                }
            }
        }
    }

    private Target target(String name) {
        if (!context.containsBean(name)) {
            return Target.NONE;
        }
        Object instance = context.getBean(name);
        ConfigurationPropertiesBean bean = ConfigurationPropertiesBean.get(context, instance, name);
        if (bean == null) {
            return Target.NONE;
        }
        // A record that a bean method makes looks to Boot as if it had setters.
        boolean constant =
                instance.getClass().isRecord() || bean.asBindTarget().getBindMethod() == BindMethod.VALUE_OBJECT;
        return new Target(ConfigurationPropertyName.adapt(bean.getAnnotation().prefix(), '.'), !constant);
    }
}
