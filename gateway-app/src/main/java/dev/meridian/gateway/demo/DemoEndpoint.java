package dev.meridian.gateway.demo;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** Lets a region of the demo be lost and come back: {@code POST /actuator/demo/eu-west/lost}, {@code …/back}. */
@Endpoint(id = "demo")
final class DemoEndpoint {

    private static final String LOST = "lost";
    private static final String BACK = "back";

    private final DemoBackends backends;

    DemoEndpoint(DemoBackends backends) {
        this.backends = backends;
    }

    /** @return what has become of the region */
    @WriteOperation
    String set(@Selector String region, @Selector String state) {
        List<DemoBackend> all = backends.all().stream()
                .filter(backend -> backend.region().name().equals(region))
                .toList();
        if (all.isEmpty()) {
            throw refused(region + " (expected: one of "
                    + Region.ALL.stream().map(Region::name).collect(Collectors.joining(", ")) + ")");
        }
        switch (state) {
            case LOST -> all.forEach(DemoBackend::stop);
            case BACK -> all.forEach(DemoBackend::comeBack);
            default -> throw refused(state + " (expected: lost or back)");
        }
        return region + " is " + state + "\n";
    }

    private static InvalidEndpointRequestException refused(String why) {
        return new InvalidEndpointRequestException(why, why);
    }
}
