package dev.meridian.routes.validate;

import dev.meridian.routes.definition.CheckedAtStart;
import java.util.function.Consumer;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Has every module check its own settings: each does as it makes them. */
public final class ModuleSettings {

    private static final String OWN = "dev/meridian/";

    private ModuleSettings() {}

    /** @param failed told of each failure */
    public static void check(ConfigurableListableBeanFactory beans, Consumer<RuntimeException> failed) {
        for (String name : beans.getBeanDefinitionNames()) {
            String definedIn = beans.getBeanDefinition(name).getResourceDescription();
            if (definedIn == null || !definedIn.contains(OWN)) {
                continue;
            }
            Class<?> type = beans.getType(name, false);
            if (type == null || !(type.isRecord() || CheckedAtStart.class.isAssignableFrom(type))) {
                continue;
            }
            try {
                beans.getBean(name);
            } catch (RuntimeException e) {
                failed.accept(e);
            }
        }
    }
}
