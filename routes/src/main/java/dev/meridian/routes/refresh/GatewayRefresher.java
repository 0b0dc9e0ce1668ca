package dev.meridian.routes.refresh;

import dev.meridian.routes.load.KeptRouteLocator;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration.RefreshProperties;
import org.springframework.cloud.context.config.ContextRefreshedWithApplicationEvent;
import org.springframework.cloud.context.refresh.ConfigDataContextRefresher;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * A refresh that cannot hurt: the configuration is read into an environment of its own, checked as a whole, and only then
 * takes the place of the running one, all of it at once. One that is bad leaves everything as it is. Whoever asks for a
 * refresh, the actuator or Spring Cloud Bus, gets this one. Thread-safe: one after the other.
 */
public final class GatewayRefresher extends ConfigDataContextRefresher {

    private static final Logger log = LoggerFactory.getLogger(GatewayRefresher.class);
    private static final int HISTORY = 20;

    private final CandidateReader reader;
    private final CandidateCheck check;
    private final KeptRouteLocator routes;
    private final InstantSource clock;
    private final Deque<ConfigSnapshot> history = new ArrayDeque<>();
    private @Nullable SpringApplication application;
    private List<Change> changes = List.of();
    private volatile String lastFailure = "";

    GatewayRefresher(
            ConfigurableApplicationContext context,
            RefreshScope scope,
            RefreshProperties properties,
            CandidateReader reader,
            CandidateCheck check,
            KeptRouteLocator routes,
            InstantSource clock) {
        super(context, scope, properties);
        this.reader = reader;
        this.check = check;
        this.routes = routes;
        this.clock = clock;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedWithApplicationEvent event) {
        super.onApplicationEvent(event);
        application = event.getSpringApplication();
        if (event.getApplicationContext() == getContext()) {
            note("start", List.of());
        }
    }

    /**
     * Reads the configuration anew and lets it come into effect.
     *
     * @return the keys that differ
     * @throws RuntimeException where it cannot be read or is bad; then nothing has changed
     */
    @Override
    public synchronized Set<String> refresh() {
        Map<String, RouteDefinition> before = routes.definitions();
        Set<String> keys;
        try {
            keys = super.refresh();
        } catch (RuntimeException e) {
            lastFailure = String.valueOf(e.getMessage());
            log.warn("The changed configuration is refused, the running one stays: {}", e.getMessage());
            throw e;
        }
        lastFailure = "";
        List<Change> all = Stream.concat(
                        Change.between("route", before, routes.definitions()).stream(), changes.stream())
                .toList();
        if (!all.isEmpty() || !keys.isEmpty()) {
            note("refresh", all);
            log.info("Configuration {} is in effect: {}", current().number(), all);
        }
        return keys;
    }

    @Override
    protected void updateEnvironment() {
        StandardEnvironment candidate = copyEnvironment(getContext().getEnvironment());
        reader.read(candidate, application);
        refuseWithoutServer(candidate.getPropertySources());
        List<ConfigPart.Prepared> prepared = check.check(candidate);
        // From here on nothing fails.
        take(candidate.getPropertySources());
        changes = prepared.stream().flatMap(each -> each.changes().stream()).toList();
        prepared.forEach(ConfigPart.Prepared::commit);
    }

    /** An import that is optional may be missing at start; later that would take away all that came from the server. */
    private void refuseWithoutServer(MutablePropertySources candidate) {
        boolean served = getContext().getEnvironment().getPropertySources().stream()
                .anyMatch(source -> isServed(source.getName()));
        if (served && candidate.stream().noneMatch(source -> isServed(source.getName()))) {
            throw new IllegalStateException(
                    "The config server does not answer, cannot read its files, or has none for this gateway any more");
        }
    }

    private static boolean isServed(String name) {
        return name.startsWith("configserver:");
    }

    /** Puts what was read in the place of what was read before; what no file says stays. */
    private void take(MutablePropertySources from) {
        MutablePropertySources to = getContext().getEnvironment().getPropertySources();
        List<String> gone = new ArrayList<>();
        to.stream()
                .map(PropertySource::getName)
                .filter(name -> isRead(name) && !from.contains(name))
                .forEach(gone::add);
        gone.forEach(to::remove);
        String previous = null;
        for (PropertySource<?> source : from) {
            String name = source.getName();
            if (to.contains(name)) {
                previous = name;
            }
            if (standardSources.contains(name)) {
                continue;
            }
            if (to.contains(name)) {
                to.replace(name, source);
            } else if (previous == null) {
                to.addFirst(source);
            } else {
                to.addAfter(previous, source);
            }
            previous = name;
        }
    }

    /** Whether Boot reads the source from a file or a config server. */
    private static boolean isRead(String name) {
        return name.startsWith("Config resource ") || isServed(name) || name.equals("configClient");
    }

    private synchronized void note(String cause, List<Change> all) {
        int number = history.isEmpty() ? 1 : current().number() + 1;
        List<String> sources = getContext().getEnvironment().getPropertySources().stream()
                .map(PropertySource::getName)
                .filter(GatewayRefresher::isRead)
                .toList();
        history.addFirst(new ConfigSnapshot(number, clock.instant(), cause, sources, all, routes.bad()));
        if (history.size() > HISTORY) {
            history.removeLast();
        }
    }

    private ConfigSnapshot current() {
        return history.getFirst();
    }

    /** What came into effect, the running one first; empty before the gateway has started. */
    public synchronized List<ConfigSnapshot> history() {
        return List.copyOf(history);
    }

    /** Why the last refresh was refused; empty where it was not. */
    public String lastFailure() {
        return lastFailure;
    }
}
