package dev.meridian.routes.discovery;

import dev.meridian.routes.definition.DiscoveryDefinition;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.Endpoint;
import dev.meridian.routes.upstream.Region;
import dev.meridian.routes.upstream.Upstream;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/**
 * Keeps the endpoints of configured upstreams as discovery knows them. An answer that fails or is empty leaves the last
 * known ones in place, for as long as is configured. Thread-safe.
 */
public final class DiscoveryFeed implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DiscoveryFeed.class);

    private final @Nullable ReactiveDiscoveryClient client;
    private final UpstreamRegistry registry;
    private final UpstreamFactory factory;
    private final LongSupplier ticker;
    private final Map<String, Long> failures = new ConcurrentHashMap<>();
    private final Map<String, Discovered> followed = new LinkedHashMap<>();
    private boolean started;

    /** @param client {@code null} where there is none: then what needs it has no endpoints */
    public DiscoveryFeed(
            @Nullable ReactiveDiscoveryClient client,
            UpstreamRegistry registry,
            UpstreamFactory factory,
            LongSupplier ticker,
            Collection<UpstreamSpec> specs) {
        this.client = client;
        this.registry = registry;
        this.factory = factory;
        this.ticker = ticker;
        follow(specs);
    }

    /** Begins to ask, at once and then again and again. */
    public synchronized void start() {
        started = true;
        followed.values().forEach(this::start);
    }

    /** Keeps these upstreams from now on, and no others; for one that has not changed everything goes on as it was. */
    public final synchronized void follow(Collection<UpstreamSpec> specs) {
        Map<String, Discovered> next = new LinkedHashMap<>();
        for (UpstreamSpec spec : specs) {
            Discovered known = followed.get(spec.name());
            if (known != null && known.spec.equals(spec)) {
                next.put(spec.name(), known);
            } else if (spec.isDiscovered()) {
                next.put(spec.name(), new Discovered(spec, known == null ? Map.of() : known.byRegion()));
            }
        }
        followed.values().stream().filter(each -> !next.containsValue(each)).forEach(Discovered::stop);
        List<Discovered> begun = next.values().stream()
                .filter(each -> !followed.containsValue(each))
                .toList();
        followed.clear();
        followed.putAll(next);
        if (started) {
            begun.forEach(this::start);
        }
    }

    /** The regions of an upstream that is to be made, with the endpoints that are known so far. */
    public synchronized List<Region> regions(UpstreamSpec spec) {
        Discovered known = followed.get(spec.name());
        return known == null || !spec.isDiscovered()
                ? spec.regions()
                : new Discovered(spec, known.byRegion()).regions();
    }

    private void start(Discovered upstream) {
        ReactiveDiscoveryClient asked = client;
        for (Source source : upstream.sources) {
            if (asked == null) {
                log.warn("{}: there is no discovery client to ask for {}", upstream.spec.name(), source.service());
            } else {
                // The next question waits for the answer to the last: a slow discovery is not asked more often.
                upstream.running.add(Mono.defer(() -> ask(asked, source))
                        .repeatWhen(done -> done.delayElements(source.definition.refresh()))
                        .subscribe());
            }
        }
    }

    private Mono<Void> ask(ReactiveDiscoveryClient asked, Source source) {
        return Instances.ask(asked, source.service())
                .doOnNext(found -> onAnswer(source, found))
                .doOnError(e -> onFailure(source, e.toString()))
                .onErrorComplete()
                .then();
    }

    private void onAnswer(Source source, Map<String, List<Endpoint>> found) {
        if (found.isEmpty()) {
            onFailure(source, "no instances");
            return;
        }
        source.answeredNanos = ticker.getAsLong();
        source.answered = true;
        source.failing = false;
        update(source, found);
    }

    private void onFailure(Source source, String reason) {
        String upstream = source.upstream.spec.name();
        failures.merge(upstream, 1L, Long::sum);
        if (!source.failing) {
            source.failing = true;
            log.warn(
                    "{}: discovery of {} has no answer ({}); the last known endpoints stay for {}",
                    upstream,
                    source.service(),
                    reason,
                    source.definition.keepFor());
        }
        boolean tooOld = ticker.getAsLong() - source.answeredNanos
                > source.definition.keepFor().toNanos();
        if (source.answered && tooOld) {
            source.answered = false;
            log.warn("{}: the last known endpoints of {} are given up", upstream, source.service());
            update(source, Map.of());
        }
    }

    private void update(Source source, Map<String, List<Endpoint>> found) {
        Discovered upstream = source.upstream;
        String name = upstream.spec.name();
        // Another source of the same upstream must not put an older state in the place of this one.
        synchronized (upstream) {
            if (upstream.stopped) {
                return; // its configuration has changed meanwhile
            }
            upstream.update(source.region, found);
            List<Region> regions = upstream.regions();
            Upstream current = registry.find(name);
            // The same endpoints keep their upstream.
            if (current != null
                    && !current.regions().stream()
                            .map(live -> live.region())
                            .toList()
                            .equals(regions)) {
                registry.replace(factory.create(name, regions, upstream.spec.settings()));
            }
        }
    }

    /** Answers that were missing so far, by upstream. */
    public Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    @Override
    public synchronized void close() {
        followed.values().forEach(Discovered::stop);
    }

    /** One question that is asked again and again: of one region, or of all where {@code region} is {@code null}. */
    private static final class Source {

        private final Discovered upstream;
        private final @Nullable String region;
        private final DiscoveryDefinition definition;
        private volatile boolean answered;
        private volatile boolean failing;
        private volatile long answeredNanos;

        Source(Discovered upstream, @Nullable String region, DiscoveryDefinition definition) {
            this.upstream = upstream;
            this.region = region;
            this.definition = definition;
        }

        String service() {
            return String.valueOf(definition.service());
        }
    }

    /** What is known of one upstream's endpoints, of all questions together. */
    private static final class Discovered {

        private final UpstreamSpec spec;
        private final List<Source> sources = new ArrayList<>();
        private final List<Disposable> running = new ArrayList<>();
        private final Map<String, List<Endpoint>> byRegion;
        private boolean stopped;

        /** @param known what was known of the upstream before its configuration changed */
        Discovered(UpstreamSpec spec, Map<String, List<Endpoint>> known) {
            this.spec = spec;
            this.byRegion = new LinkedHashMap<>(known);
            DiscoveryDefinition whole = spec.discovery();
            if (whole != null) {
                sources.add(new Source(this, null, whole));
            }
            spec.regionDiscovery().forEach((region, definition) -> sources.add(new Source(this, region, definition)));
        }

        synchronized Map<String, List<Endpoint>> byRegion() {
            return new LinkedHashMap<>(byRegion);
        }

        synchronized void stop() {
            stopped = true;
            running.forEach(Disposable::dispose);
        }

        void update(@Nullable String region, Map<String, List<Endpoint>> found) {
            if (region == null) {
                // A region with a discovery of its own is that one's business.
                byRegion.keySet().retainAll(spec.regionDiscovery().keySet());
                found.forEach((name, endpoints) -> {
                    if (!spec.regionDiscovery().containsKey(name)) {
                        byRegion.put(name, endpoints);
                    }
                });
            } else {
                byRegion.put(
                        region, found.values().stream().flatMap(List::stream).toList());
            }
        }

        synchronized List<Region> regions() {
            List<Region> regions = new ArrayList<>();
            for (Region configured : spec.regions()) {
                List<Endpoint> listed = byRegion.getOrDefault(configured.name(), List.of());
                regions.add(listed.isEmpty() ? configured : configured.withEndpoints(listed));
            }
            byRegion.forEach((name, endpoints) -> {
                if (spec.regions().stream().noneMatch(each -> each.name().equals(name))) {
                    regions.add(new Region(name, 0, 1, null, 0, ServingState.ACTIVE, endpoints));
                }
            });
            regions.sort(java.util.Comparator.comparingInt(Region::priority));
            return List.copyOf(regions);
        }
    }
}
