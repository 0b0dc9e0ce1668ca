package dev.meridian.routes.health;

import dev.meridian.routes.definition.HealthCheckDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.upstream.Endpoint;
import reactor.core.publisher.Mono;

/** Carries out checks. Thread-safe. */
interface Prober {

    /** One check, within its own timeout: never an error, never empty. */
    Mono<Probe> probe(Endpoint endpoint, HealthCheckDefinition check, Protocol protocol);
}
