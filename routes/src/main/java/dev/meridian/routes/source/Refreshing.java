package dev.meridian.routes.source;

import dev.meridian.routes.refresh.GatewayRefresher;

/** The configuration in effect, as whoever looks for a newer one sees it. */
interface Refreshing {

    /**
     * Has the configuration read and taken over.
     *
     * @return whether there is nothing to do until it changes again, since it is in effect or bad; what could not be read
     *     is to be tried again
     */
    boolean refresh(String cause);

    /** Whether what is in effect is to be left as soon as anything can be read. */
    boolean isBehind();

    /** Of the gateway. */
    static Refreshing of(GatewayRefresher refresher) {
        return new Refreshing() {

            @Override
            public boolean refresh(String cause) {
                try {
                    refresher.refresh(cause);
                    return true;
                } catch (RuntimeException e) {
                    // Told, counted and shown by the refresher.
                    return GatewayRefresher.isBad(e);
                }
            }

            @Override
            public boolean isBehind() {
                return refresher.startedFromLastGood() != null && refresher.held() == null;
            }
        };
    }
}
