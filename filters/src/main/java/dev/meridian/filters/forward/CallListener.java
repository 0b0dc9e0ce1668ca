package dev.meridian.filters.forward;

import dev.meridian.filters.problem.GatewayException;

/** Learns how a call ends: one of the two methods is called once, on the connection's event loop. */
interface CallListener {

    /** The final response's head is here, and its body is here or on its way. */
    void onResponse(UpstreamResponse response);

    /** No response will come. */
    void onFailure(GatewayException failure);
}
