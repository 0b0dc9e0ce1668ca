package dev.meridian.gateway.demo;

import java.util.Random;
import java.util.function.Consumer;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Starts the demo's backends before the configuration that names them is bound, where the profile {@code demo} is
 * active. They end with the context, after its web server.
 */
public final class DemoInitializer implements ApplicationContextInitializer<GenericApplicationContext> {

    private static final String PROFILE = "demo";

    private final Consumer<String> guide;

    /** @param guide is given the text that says what there is to try, once the gateway is ready */
    public DemoInitializer(Consumer<String> guide) {
        this.guide = guide;
    }

    @Override
    public void initialize(GenericApplicationContext context) {
        if (!context.getEnvironment().acceptsProfiles(Profiles.of(PROFILE))) {
            return;
        }
        DemoBackends backends = DemoBackends.start(new Random());
        // As a bean the backends are stopped even where the context fails before it is up.
        DefaultListableBeanFactory beans = context.getDefaultListableBeanFactory();
        beans.registerDisposableBean("demoBackends", backends);
        beans.registerSingleton("demoEndpoint", new DemoEndpoint(backends));
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource(PROFILE, backends.properties()));
        ApplicationListener<ApplicationReadyEvent> ready =
                event -> guide.accept(DemoGuide.text(context.getEnvironment(), backends.all()));
        context.addApplicationListener(ready);
    }
}
