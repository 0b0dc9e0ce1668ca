package dev.meridian.filters.forward;

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import reactor.util.context.ContextView;

/** Tells the observation that a request runs in, where there is one, that it is sent again: an event in its trace. */
final class RetryEvent {

    static final String NAME = "meridian.retry";

    private RetryEvent() {}

    /**
     * @param attempt the next one, 2 for the first retry
     * @param reason what was wrong with the one before
     */
    static void tell(ContextView context, int attempt, String reason) {
        Object current = context.getOrDefault(ObservationThreadLocalAccessor.KEY, null);
        if (current instanceof Observation observation) {
            observation.event(Observation.Event.of(NAME, "attempt " + attempt + " after " + reason));
        }
    }
}
