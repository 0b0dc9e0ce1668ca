package dev.meridian.filters.client;

import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code meridian.client-address}.
 *
 * @param trustedProxies addresses and CIDR blocks of the proxies in front of the gateway; {@code Forwarded} and {@code
 *     X-Forwarded-*} are believed from these alone; default none
 * @param proxyProtocol whether connections begin with a PROXY protocol header (version 1 or 2); only for listeners that a
 *     trusted balancer alone can reach, since it is believed from everyone; default {@code off}
 */
public record ClientAddressProperties(
        @DefaultValue List<String> trustedProxies,
        @DefaultValue("off") ProxyProtocol proxyProtocol) {

    /** Whether the PROXY protocol is spoken to the gateway. */
    public enum ProxyProtocol {
        /** They do not. */
        OFF,
        /** All of them do. */
        ON,
        /** Some may: it is read where it is there. */
        AUTO
    }
}
