package dev.meridian.gateway.command;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The gateway's application context with all that is configured in it and nothing of it made: beans come into being only
 * when they are asked for. No server listens, nothing is checked or discovered, no event is told.
 */
final class OfflineContext extends AnnotationConfigReactiveWebApplicationContext {

    OfflineContext(ConfigurableEnvironment environment, Class<?> application) {
        setEnvironment(environment);
        register(application);
    }

    @Override
    protected void registerListeners() {
        // Nobody is told anything.
    }

    @Override
    protected void finishBeanFactoryInitialization(ConfigurableListableBeanFactory beans) {
        beans.addEmbeddedValueResolver(text -> getEnvironment().resolvePlaceholders(text));
        beans.setTempClassLoader(null);
        beans.freezeConfiguration();
    }

    @Override
    protected void finishRefresh() {
        // Nothing is started.
    }
}
