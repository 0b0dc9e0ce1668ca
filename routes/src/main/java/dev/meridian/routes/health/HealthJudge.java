package dev.meridian.routes.health;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.OutlierDetectionDefinition;
import dev.meridian.routes.definition.Percent;
import dev.meridian.routes.definition.ServingState;
import dev.meridian.routes.upstream.Availability;
import dev.meridian.routes.upstream.EndpointHealth;
import dev.meridian.routes.upstream.EndpointState;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Upstream;
import java.util.concurrent.TimeUnit;

/**
 * Decides which endpoints of an upstream may be used, from what requests and checks have noted. Plain Java; confined to
 * one thread.
 */
final class HealthJudge {

    private final HealthListener listener;

    HealthJudge(HealthListener listener) {
        this.listener = listener;
    }

    /**
     * A check of the endpoint has ended.
     *
     * @return whether that may change its availability
     */
    boolean onProbe(Upstream upstream, LiveEndpoint endpoint, Probe probe, long nowNanos) {
        EndpointHealth health = endpoint.state().health();
        EndpointHealth.Checked checked = health.checked();
        boolean unreachable = health.unreachable();
        HealthCheckDefinition check = upstream.settings().healthCheck();
        if (check != null) {
            health.onCheck(probe.passed(), probe.reason(), probe.late(), check.healthyAfter(), check.unhealthyAfter());
            if (probe.firstByteNanos() > 0) {
                endpoint.region().checkTime().add(probe.firstByteNanos(), nowNanos);
            }
            listener.onCheck(upstream, endpoint, probe.passed());
        }
        boolean failing = health.checked() == EndpointHealth.Checked.FAILING;
        if (probe.reached()) {
            health.unreachable(false);
        } else if (failing) {
            health.unreachable(true);
        }
        return health.checked() != checked || health.unreachable() != unreachable;
    }

    /** @return whether anything has changed */
    boolean judge(Upstream upstream, long nowNanos) {
        boolean changed = false;
        for (LiveRegion region : upstream.regions()) {
            boolean serving = false;
            for (LiveEndpoint endpoint : region.endpoints()) {
                changed |= judge(upstream, endpoint, nowNanos);
                EndpointState state = endpoint.state();
                if (state.breakerChanged()) {
                    changed = true;
                    state.passing(state.passes(), nowNanos);
                }
                serving |= state.availability() == Availability.AVAILABLE && state.passes();
            }
            changed |= region.state().breakerChanged();
            serving &= region.state().passes();
            region.state().serving(serving && region.serving() == ServingState.ACTIVE, nowNanos);
        }
        return changed;
    }

    private boolean judge(Upstream upstream, LiveEndpoint endpoint, long nowNanos) {
        EndpointState state = endpoint.state();
        OutlierDetectionDefinition outliers = upstream.settings().outlierDetection();
        if (outliers.enabled()) {
            detect(upstream, outliers, endpoint, nowNanos);
        }
        if (upstream.settings().healthCheck() == null) {
            state.health().forgetChecks();
        }
        state.health().endEjection(outliers.ejectFor().toNanos(), nowNanos);
        Availability before = state.availability();
        Availability verdict = verdict(state);
        if (before == verdict) {
            return false;
        }
        state.availability(verdict, nowNanos);
        listener.onAvailability(upstream, endpoint, before, verdict, state.reason());
        return true;
    }

    private void detect(Upstream upstream, OutlierDetectionDefinition outliers, LiveEndpoint endpoint, long nowNanos) {
        EndpointState state = endpoint.state();
        EndpointHealth health = state.health();
        int inRow = state.failuresInRow();
        if (state.connectFailuresInRow() >= outliers.consecutiveFailures()) {
            if (!health.unreachable()) {
                lose(upstream, outliers, endpoint, "no connection, " + inRow + " times in a row", nowNanos);
            }
            state.forgiveFailures();
        } else if (inRow >= outliers.consecutiveFailures()) {
            tryEject(upstream, outliers, endpoint, inRow + " requests in a row failed", nowNanos);
        }
        Percent ratio = outliers.failureRatio();
        if (state.windowNanos() == 0
                || nowNanos - state.windowNanos() >= outliers.window().toNanos()) {
            int requests = state.requests();
            int failures = state.failures();
            state.resetWindow(nowNanos);
            if (ratio != null && requests >= outliers.minimumRequests() && failures >= ratio.fraction() * requests) {
                String why = failures + " of " + requests + " requests failed";
                tryEject(upstream, outliers, endpoint, why, nowNanos);
            }
        }
    }

    /*
     * The first time it is back as soon as it takes connections; the next times it has to wait as well. Requests that were
     * cut when it died may have ejected it a moment ago: that is the same event, and not another one.
     */
    private void lose(
            Upstream upstream, OutlierDetectionDefinition outliers, LiveEndpoint endpoint, String why, long nowNanos) {
        EndpointHealth health = endpoint.state().health();
        health.unreachable(true);
        if (!health.ejected()) {
            eject(upstream, outliers, endpoint, health.ejections(), why, nowNanos);
        } else if (health.ejections() == 1) {
            health.shortenEjection(nowNanos);
        }
    }

    private void tryEject(
            Upstream upstream, OutlierDetectionDefinition outliers, LiveEndpoint endpoint, String why, long nowNanos) {
        EndpointHealth health = endpoint.state().health();
        if (health.ejected()) {
            // Of requests that were under way when it was ejected: they must not eject it again once it is back.
            endpoint.state().forgiveFailures();
        } else if (mayEject(upstream, outliers)) {
            eject(upstream, outliers, endpoint, health.ejections() + 1, why, nowNanos);
            endpoint.state().forgiveFailures();
        }
    }

    private void eject(
            Upstream upstream,
            OutlierDetectionDefinition outliers,
            LiveEndpoint endpoint,
            int times,
            String why,
            long nowNanos) {
        long nanos = Math.min(
                outliers.maxEjectFor().toNanos(), times * outliers.ejectFor().toNanos());
        String told = nanos == 0 ? why : why + ", out for " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s";
        endpoint.state().health().eject(nowNanos + nanos, told);
        listener.onEjection(upstream, endpoint, told);
    }

    /** Whether one more may be out; those that take no connections do not count, nobody could use them. */
    private static boolean mayEject(Upstream upstream, OutlierDetectionDefinition outliers) {
        int all = 0;
        int ejected = 0;
        for (LiveRegion region : upstream.regions()) {
            for (LiveEndpoint each : region.endpoints()) {
                EndpointHealth health = each.state().health();
                all++;
                if (health.ejected() && !health.unreachable()) {
                    ejected++;
                }
            }
        }
        double fraction = outliers.maxEjected().fraction();
        int allowed = (int) Math.max(all > 1 && fraction > 0 ? 1 : 0, fraction * all);
        return ejected < allowed;
    }

    private static Availability verdict(EndpointState state) {
        ServingState ordered = state.ordered();
        if (ordered == ServingState.OFF) {
            return Availability.OFF;
        }
        return ordered == ServingState.DRAINING
                ? Availability.DRAINING
                : state.health().verdict();
    }
}
