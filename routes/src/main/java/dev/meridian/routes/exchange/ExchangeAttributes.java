package dev.meridian.routes.exchange;

/** Keys of what Meridian keeps in {@code ServerWebExchange.getAttributes()}; the Javadoc names the value's type. */
public final class ExchangeAttributes {

    /** {@link GatewayExchange}: everything Meridian knows of this exchange, in one object. */
    public static final String GATEWAY_EXCHANGE = "dev.meridian.exchange";

    /** {@code dev.meridian.filters.overload.Permits}: what the exchange holds of limits on requests under way. */
    public static final String PERMITS = "dev.meridian.permits";

    private ExchangeAttributes() {}
}
