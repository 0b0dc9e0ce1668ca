package dev.meridian.filters.forward;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;

/** Matches unless the stock client is to go through a proxy. */
final class OnStockProxy extends NoneNestedConditions {

    OnStockProxy() {
        super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @ConditionalOnProperty("spring.cloud.gateway.server.webflux.httpclient.proxy.host")
    static final class Host {}
}
