package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.definition.InvalidConfigFailureAnalyzer;
import dev.meridian.routes.definition.SettingsRoot;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * A start fails with the first setting that somebody cannot use. This tells of that, and of everything else that is wrong with
 * the configuration, so that nobody has to start once for each mistake.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class WholeConfigFailureAnalyzer implements FailureAnalyzer {

    private static final String ENVIRONMENT = ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME;

    private final BeanFactory beans;
    private final Environment environment;

    WholeConfigFailureAnalyzer(BeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        Throwable cause = cause(failure);
        List<ConfigProblem> first = problems(cause);
        if (first.isEmpty()) {
            return null;
        }
        if (beans instanceof ConfigurableListableBeanFactory factory && !factory.containsSingleton(ENVIRONMENT)) {
            factory.registerSingleton(
                    ENVIRONMENT, environment); // went with the start that failed, and nearly all need it
        }
        ConfigProblems all = new ConfigProblems(environment);
        try {
            all.addNew(
                    beans.getBean(ConfigValidator.class).validate(environment).wrong());
        } catch (RuntimeException e) {
            // What failed is needed for the routes. All else can be told.
            List<SettingsRoot> roots =
                    beans.getBeanProvider(SettingsRoot.class).stream().toList();
            all.addNew(ConfigValidator.settings(environment, roots));
        }
        if (beans instanceof ConfigurableListableBeanFactory factory) {
            ModuleSettings.check(factory, e -> addNew(cause(e), all));
        }
        addNew(cause, all);
        return InvalidConfigFailureAnalyzer.analysis(new InvalidConfigException(all.all()));
    }

    /** What does not bind has been told of by its key, and more plainly, where anything has. */
    private static void addNew(@Nullable Throwable cause, ConfigProblems all) {
        if (cause instanceof InvalidConfigException || all.all().isEmpty()) {
            all.addNew(problems(cause));
        }
    }

    private static List<ConfigProblem> problems(@Nullable Throwable cause) {
        if (cause instanceof InvalidConfigException invalid) {
            return invalid.problems();
        }
        return cause instanceof BindException bind && isOurs(bind) ? ConfigProblem.of(bind) : List.of();
    }

    private static boolean isOurs(BindException failure) {
        String name = failure.getName().toString();
        return name.equals("meridian") || name.startsWith("meridian.") || name.startsWith(StockKeys.ROOT);
    }

    private static @Nullable Throwable cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidConfigException || cause instanceof BindException) {
                return cause;
            }
        }
        return null;
    }
}
