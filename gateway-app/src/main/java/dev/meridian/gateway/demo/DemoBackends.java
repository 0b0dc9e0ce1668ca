package dev.meridian.gateway.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.DisposableBean;
import reactor.netty.resources.LoopResources;

/** The demo's backends, two in each region, on a thread of their own, so that they take none of the gateway's. */
final class DemoBackends implements DisposableBean {

    private static final List<String> NAMES = List.of("a", "b");

    private final LoopResources loops;
    private final List<DemoBackend> backends;

    private DemoBackends(LoopResources loops, List<DemoBackend> backends) {
        this.loops = loops;
        this.backends = List.copyOf(backends);
    }

    /** Returns when all of them listen. */
    static DemoBackends start(RandomGenerator random) {
        LoopResources loops = LoopResources.create("demo", 1, true);
        List<DemoBackend> started = new ArrayList<>();
        for (Region region : Region.ALL) {
            for (String name : NAMES) {
                started.add(new DemoBackend(region, name, loops, random));
            }
        }
        return new DemoBackends(loops, started);
    }

    List<DemoBackend> all() {
        return backends;
    }

    /** Their URLs as the properties {@code demo.REGION.NAME}. */
    Map<String, Object> properties() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (DemoBackend backend : backends) {
            properties.put("demo." + backend.region().name() + "." + backend.name(), backend.url());
        }
        return properties;
    }

    @Override
    public void destroy() {
        backends.forEach(DemoBackend::stop);
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1)).subscribe();
    }
}
