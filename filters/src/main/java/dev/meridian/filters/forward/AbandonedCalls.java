package dev.meridian.filters.forward;

import dev.meridian.routes.health.HealthListener;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Upstream;

/** When an endpoint is found not to answer, requests that wait for it and can be made elsewhere do not wait on. */
final class AbandonedCalls implements HealthListener {

    private final UpstreamTransport transport;

    AbandonedCalls(UpstreamTransport transport) {
        this.transport = transport;
    }

    @Override
    public void onAvailability(
            Upstream upstream, LiveEndpoint endpoint, Availability before, Availability now, String reason) {
        boolean silent = now == Availability.UNREACHABLE || now == Availability.UNHEALTHY;
        if (silent && someoneElse(upstream)) {
            transport.abandon(HostKey.of(
                    upstream.name(), endpoint.endpoint(), upstream.settings().protocol()));
        }
    }

    private static boolean someoneElse(Upstream upstream) {
        return upstream.regions().stream()
                .flatMap(region -> region.endpoints().stream())
                .anyMatch(each -> each.state().availability() == Availability.AVAILABLE);
    }
}
