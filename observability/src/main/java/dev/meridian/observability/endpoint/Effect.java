package dev.meridian.observability.endpoint;

import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What follows from an order, told before it is carried out. */
final class Effect {

    private final Target target;
    private final ServingState state;

    /** @param state that the target is to have */
    Effect(Target target, ServingState state) {
        this.target = target;
        this.state = state;
    }

    /** In a sentence. */
    String sentence() {
        String change = target.state() == state ? "is " + Spelling.written(state) + " already" : change();
        return anyoneServes()
                ? change
                : change + "; nobody serves " + target.upstream().name()
                        + " then, requests to it are answered with 503";
    }

    private String change() {
        return switch (state) {
            case DRAINING -> "takes no new requests; " + underWay();
            case OFF -> "takes no requests; " + underWay();
            case ACTIVE -> returns(target.endpoint());
        };
    }

    private String underWay() {
        int active = target.active();
        return switch (active) {
            case 0 -> "none is under way";
            case 1 -> "1 request under way will finish";
            default -> active + " requests under way will finish";
        };
    }

    private String returns(@Nullable LiveEndpoint endpoint) {
        LiveRegion region = target.region();
        if (endpoint == null) {
            boolean any = region.endpoints().stream().anyMatch(each -> isUsable(each, false));
            return any ? climbs() : "is wanted again, but none of its endpoints is available";
        } else if (region.serving() != ServingState.ACTIVE) {
            return "is wanted again, but its region is " + Spelling.written(region.serving());
        }
        Availability verdict = endpoint.state().health().verdict();
        return verdict == Availability.AVAILABLE ? climbs() : "is wanted again, but is out: " + verdict.words();
    }

    private String climbs() {
        long nanos = target.upstream().settings().selection().rampNanos();
        return "takes requests again, from a tenth of its share to the whole in "
                + Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos)) + " s";
    }

    private boolean anyoneServes() {
        boolean panic = target.upstream().settings().selection().panicThreshold() > 0;
        return target.upstream().regions().stream()
                .filter(region -> then(region) == ServingState.ACTIVE)
                .anyMatch(region -> region.endpoints().stream().anyMatch(endpoint -> isUsable(endpoint, panic)));
    }

    /** @param panic whether what is not well serves where nobody else does */
    private boolean isUsable(LiveEndpoint endpoint, boolean panic) {
        Availability verdict = endpoint.state().health().verdict();
        boolean well = panic ? verdict.usableInPanic() : verdict == Availability.AVAILABLE;
        return well && then(endpoint) == ServingState.ACTIVE;
    }

    private ServingState then(LiveRegion region) {
        return target.endpoint() == null && region == target.region() ? state : region.serving();
    }

    private ServingState then(LiveEndpoint endpoint) {
        return endpoint == target.endpoint() ? state : Target.wanted(endpoint);
    }
}
