package dev.meridian.routes.definition;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Refuses keys directly under {@code meridian} that no module on the class path reads. */
public final class SettingsRootCheck implements SmartInitializingSingleton {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("meridian");
    /** Names there may belong to anyone (a JVM flag, a variable of the shell), so they are not held against the user. */
    private static final Set<String> NOT_OURS = Set.of(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);

    private final Environment environment;
    private final List<SettingsRoot> roots;

    public SettingsRootCheck(Environment environment, List<SettingsRoot> roots) {
        this.environment = environment;
        this.roots = List.copyOf(roots);
    }

    @Override
    public void afterSingletonsInstantiated() {
        ConfigProblems problems = new ConfigProblems(environment);
        check(environment, roots, problems);
        problems.throwIfAny();
    }

    /** Notes each key directly under {@code meridian} that is none of these. */
    public static void check(Environment environment, List<SettingsRoot> roots, ConfigProblems problems) {
        Set<String> known =
                roots.stream().flatMap(root -> root.keys().stream()).collect(Collectors.toCollection(TreeSet::new));
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable && isConfiguration(source)) {
                iterable.filter(ROOT::isAncestorOf).forEach(name -> check(name, known, problems));
            }
        }
    }

    private static void check(ConfigurationPropertyName name, Set<String> known, ConfigProblems problems) {
        // Boot binds clientAddress and client_address as well.
        String key = name.getElement(ROOT.getNumberOfElements(), ConfigurationPropertyName.Form.UNIFORM);
        if (known.stream().noneMatch(each -> each.replace("-", "").equals(key))) {
            problems.add(
                    name.toString(),
                    null,
                    "one of the keys under meridian: " + String.join(", ", known),
                    Spelling.nearest(
                            name.getElement(ROOT.getNumberOfElements(), ConfigurationPropertyName.Form.DASHED), known));
        }
    }

    private static boolean isConfiguration(ConfigurationPropertySource source) {
        return !(source.getUnderlyingSource() instanceof PropertySource<?> property)
                || !NOT_OURS.contains(property.getName());
    }
}
