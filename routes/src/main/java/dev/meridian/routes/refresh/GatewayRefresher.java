package dev.meridian.routes.refresh;

import dev.meridian.routes.archive.LastGood;
import dev.meridian.routes.archive.LastGoodStore;
import dev.meridian.routes.archive.ReadSources;
import dev.meridian.routes.archive.StartedFromLastGood;
import dev.meridian.routes.archive.StoredConfig;
import dev.meridian.routes.definition.InvalidConfigException;
import dev.meridian.routes.load.KeptRouteLocator;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration.RefreshProperties;
import org.springframework.cloud.context.config.ContextRefreshedWithApplicationEvent;
import org.springframework.cloud.context.refresh.ConfigDataContextRefresher;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.function.SingletonSupplier;

/**
 * A refresh that cannot hurt: the configuration is read into an environment of its own, checked as a whole, and only then
 * takes the place of the running one, all of it at once. One that is bad leaves everything as it is. Whoever asks for a
 * refresh, the actuator, Spring Cloud Bus or the poller, gets this one. Thread-safe: one after the other.
 */
public final class GatewayRefresher extends ConfigDataContextRefresher {

    private static final Logger log = LoggerFactory.getLogger(GatewayRefresher.class);

    private final CandidateReader reader;
    private final CandidateCheck check;
    private final KeptRouteLocator routes;
    private final @Nullable LastGoodStore store;
    private final InstantSource clock;
    private final ConfigHistory history = new ConfigHistory();
    private final SharedRun<Set<String>> shared = new SharedRun<>();
    private final Map<RefreshOutcome, LongAdder> outcomes = new EnumMap<>(RefreshOutcome.class);
    private volatile @Nullable StartedFromLastGood startedFrom;
    private volatile @Nullable Hold hold;
    private volatile String lastFailure = "";
    /** The history as others see it, who must not wait for a refresh that is under way. */
    private volatile List<ConfigSnapshot> shown = List.of();

    private @Nullable SpringApplication application;
    private @Nullable StandardEnvironment candidate;
    private List<Change> changes = List.of();

    GatewayRefresher(
            ConfigurableApplicationContext context,
            RefreshScope scope,
            RefreshProperties properties,
            CandidateReader reader,
            CandidateCheck check,
            KeptRouteLocator routes,
            @Nullable StartedFromLastGood startedFrom,
            @Nullable LastGoodStore store,
            InstantSource clock) {
        super(context, scope, properties);
        this.reader = reader;
        this.check = check;
        this.routes = routes;
        this.startedFrom = startedFrom;
        this.store = store;
        this.clock = clock;
        for (RefreshOutcome outcome : RefreshOutcome.values()) {
            outcomes.put(outcome, new LongAdder());
        }
    }

    @Override
    public void onApplicationEvent(ContextRefreshedWithApplicationEvent event) {
        super.onApplicationEvent(event);
        application = event.getSpringApplication();
        if (event.getApplicationContext() == getContext()) {
            noteStart();
        }
    }

    private synchronized void noteStart() {
        StoredConfig config = StoredConfig.of(environment());
        StartedFromLastGood from = startedFrom;
        note(from == null ? "start" : "start from the last good configuration", List.of(), config);
        if (from == null) {
            save(config);
            return;
        }
        if (!from.heldAgainst().isEmpty()) {
            hold = new Hold(running(), from.heldAgainst());
        }
        log.warn("Started from the last good configuration, of {}: {}", from.saved(), from.reason());
    }

    /**
     * Reads the configuration anew and lets it come into effect.
     *
     * @return the keys that differ
     * @throws RuntimeException where it cannot be read or is bad; then nothing has changed
     */
    @Override
    public Set<String> refresh() {
        return refresh("refresh");
    }

    /** The same. @param cause who asks for it, as the history tells it */
    public Set<String> refresh(String cause) {
        return shared.run(this, () -> attempt(() -> readAnew(cause)));
    }

    private Set<String> readAnew(String cause) {
        StandardEnvironment read = newEnvironment();
        reader.read(read, application);
        refuseWithoutServer(read.getPropertySources());
        Hold held = hold;
        if (held != null && held.against().equals(StoredConfig.of(read).hash())) {
            count(RefreshOutcome.HELD);
            return Set.of();
        }
        if (held == null && startedFrom == null && SameConfig.isSame(environment(), read)) {
            return again(cause);
        }
        // It is taken down once it is in effect: that takes its time, and nobody has to wait for it.
        Supplier<StoredConfig> config = SingletonSupplier.of(() -> StoredConfig.of(read));
        Set<String> keys = comeIntoEffect(read, config, cause);
        hold = null;
        startedFrom = null;
        save(config.get());
        return keys;
    }

    /** Nothing has changed but what is not read from the configuration: routes of a repository, beans that make themselves anew. */
    private Set<String> again(String cause) {
        StoredConfig running = history.running();
        Supplier<StoredConfig> config = running == null ? () -> StoredConfig.of(environment()) : () -> running;
        Set<String> keys = told(cause, config, () -> {
            getScope().refreshAll();
            return Set.of();
        });
        save(config.get());
        return keys;
    }

    /**
     * Goes back to a configuration that was in effect, and holds it until what is to be read changes.
     *
     * @return the keys that differ
     * @throws UnknownSnapshotException where it is not kept
     * @throws RuntimeException where it is bad by now; then nothing has changed
     */
    public synchronized Set<String> rollback(int number) {
        StoredConfig config = history.find(number);
        StoredConfig running = history.running();
        Hold before = hold;
        String against = before != null ? before.against() : running == null ? "" : running.hash();
        return attempt(() -> {
            Set<String> keys = comeIntoEffect(restored(config), () -> config, "rollback to " + number);
            hold = config.hash().equals(against) ? null : new Hold(running(), against);
            save(config);
            return keys;
        });
    }

    /** Lets go of a configuration that is held, and reads what there is to be read. */
    public synchronized Set<String> release() {
        hold = null;
        return refresh("release");
    }

    private Set<String> attempt(Supplier<Set<String>> attempt) {
        try {
            Set<String> keys = attempt.get();
            lastFailure = "";
            return keys;
        } catch (RuntimeException e) {
            count(isBad(e) ? RefreshOutcome.REFUSED : RefreshOutcome.UNREADABLE);
            String why = reason(e);
            if (!why.equals(lastFailure)) {
                log.warn("The changed configuration is refused, the running one stays: {}", why);
            }
            lastFailure = why;
            throw e;
        } finally {
            candidate = null;
        }
    }

    /** Why there is no other configuration: what failed, and what that came of. */
    public static String reason(RuntimeException failure) {
        StringBuilder reason = new StringBuilder(
                failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && reason.indexOf(message) < 0) {
                reason.append(": ").append(message);
            }
        }
        return reason.toString();
    }

    /** Whether it could be read, and is not as it should be. */
    public static boolean isBad(RuntimeException failure) {
        return failure instanceof InvalidConfigException || failure instanceof BindException;
    }

    private Set<String> comeIntoEffect(StandardEnvironment next, Supplier<StoredConfig> config, String cause) {
        candidate = next;
        return told(cause, config, super::refresh);
    }

    private Set<String> told(String cause, Supplier<StoredConfig> config, Supplier<Set<String>> refresh) {
        Map<String, RouteDefinition> before = routes.definitions();
        changes = List.of();
        Set<String> keys = refresh.get();
        List<Change> all = Stream.concat(
                        Change.between("route", before, routes.definitions()).stream(), changes.stream())
                .toList();
        if (all.isEmpty() && keys.isEmpty()) {
            count(RefreshOutcome.UNCHANGED);
        } else {
            count(RefreshOutcome.APPLIED);
            note(cause, all, config.get());
            log.info("Configuration {} is in effect by {}: {}", running(), cause, all);
        }
        return keys;
    }

    @Override
    protected void updateEnvironment() {
        StandardEnvironment next = Objects.requireNonNull(candidate, "nothing to take");
        List<ConfigPart.Prepared> prepared = check.check(next);
        // From here on nothing fails.
        EnvironmentSwap.take(next.getPropertySources(), environment().getPropertySources(), standardSources);
        changes = prepared.stream().flatMap(each -> each.changes().stream()).toList();
        prepared.forEach(ConfigPart.Prepared::commit);
    }

    private ConfigurableEnvironment environment() {
        return getContext().getEnvironment();
    }

    /** What no file says. */
    private StandardEnvironment newEnvironment() {
        StandardEnvironment fresh = copyEnvironment(environment());
        // The copy has the command line last, where it would not win.
        PropertySource<?> commandLine =
                fresh.getPropertySources().remove(CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME);
        if (commandLine != null) {
            fresh.getPropertySources().addFirst(commandLine);
        }
        // Where this runs does not change, and finding it out takes its time.
        PropertySource<?> host = environment().getPropertySources().get(CandidateReader.HOST);
        if (host != null) {
            fresh.getPropertySources().addLast(host);
        }
        return fresh;
    }

    private StandardEnvironment restored(StoredConfig config) {
        StandardEnvironment restored = newEnvironment();
        MutablePropertySources sources = restored.getPropertySources();
        config.sources().forEach(sources::addLast);
        environment().getPropertySources().stream()
                .filter(ReadSources::isInside)
                .forEach(sources::addLast);
        CandidateReader.decrypt(restored); // it is kept as it was read
        DefaultPropertiesPropertySource.moveToEnd(restored);
        ConfigurationPropertySources.attach(restored);
        return restored;
    }

    /** An import that is optional may be missing at start; later that would take away all that came from the server. */
    private void refuseWithoutServer(MutablePropertySources read) {
        boolean served = environment().getPropertySources().stream().anyMatch(ReadSources::isServed);
        if (served && read.stream().noneMatch(ReadSources::isServed) && ReadSources.nameServer(read)) {
            String answer = reader.serverAnswer();
            throw new IllegalStateException(
                    "The config server does not answer, cannot read its files, or has none for this gateway any more"
                            + (answer.isEmpty() ? "" : ": " + answer));
        }
    }

    private void note(String cause, List<Change> all, StoredConfig config) {
        List<String> sources = environment().getPropertySources().stream()
                .filter(ReadSources::isRead)
                .map(PropertySource::getName)
                .toList();
        history.add(
                new ConfigSnapshot(
                        history.next(),
                        config.hash(),
                        ReadSources.version(environment()),
                        clock.instant(),
                        cause,
                        sources,
                        all,
                        routes.bad()),
                config);
        shown = history.snapshots();
    }

    /** Only what is good as a whole: a gateway that starts from it must find nothing wrong. */
    private void save(StoredConfig config) {
        if (store != null && routes.bad().isEmpty()) {
            Hold held = hold;
            store.save(new LastGood(config, clock.instant(), held == null ? "" : held.against()));
        }
    }

    private void count(RefreshOutcome outcome) {
        LongAdder count = outcomes.get(outcome);
        if (count != null) {
            count.increment();
        }
    }

    /** What came into effect, the running one first; empty before the gateway has started. */
    public List<ConfigSnapshot> history() {
        return shown;
    }

    /** The configuration that is held; {@code null} where what is read comes into effect. */
    public @Nullable Hold held() {
        return hold;
    }

    /** Why the gateway does not run on what it was to read; {@code null} where it does. */
    public @Nullable StartedFromLastGood startedFromLastGood() {
        return startedFrom;
    }

    /** How many refreshes have ended so. */
    public long outcomes(RefreshOutcome outcome) {
        LongAdder count = outcomes.get(outcome);
        return count == null ? 0 : count.sum();
    }

    /** Why the configuration in effect could not be saved; empty where it could, or was not to be. */
    public String notSaved() {
        return store == null ? "" : store.failure();
    }

    /** The number of the configuration in effect. */
    public int running() {
        return shown.isEmpty() ? 0 : shown.get(0).number();
    }

    /** Why the last refresh was refused; empty where it was not. */
    public String lastFailure() {
        return lastFailure;
    }
}
