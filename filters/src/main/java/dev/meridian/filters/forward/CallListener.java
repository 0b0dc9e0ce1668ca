package dev.meridian.filters.forward;

import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.upstream.LiveEndpoint;
import org.jspecify.annotations.Nullable;

/** Learns how a call goes; called on the connection's event loop. */
interface CallListener {

    /**
     * The call is about to be handed to the transport.
     *
     * @param endpoint {@code null} where the route names an address itself
     */
    default void onStart(@Nullable LiveEndpoint endpoint) {}

    /** The final response's head is here, and its body is here or on its way. Either this or {@link #onFailure}, once. */
    void onResponse(UpstreamResponse response);

    /** No response will come. */
    void onFailure(GatewayException failure);

    /**
     * The call is over: answered in full, failed or cancelled. Once for each call that was started; it may come before the
     * answer that it ended with has been passed on.
     *
     * @param failure {@code null} where it did not fail
     */
    default void onEnd(@Nullable GatewayException failure) {}

    /** Whether the call, were it to fail so now, would be made again elsewhere. */
    default boolean canMove(GatewayException failure) {
        return false;
    }

    /** Whether the same request may be put on a new connection, since it got no answer on a used one. */
    default boolean mayRepeat() {
        return true;
    }
}
