package dev.meridian.filters.forward;

import dev.meridian.filters.guard.HttpProperties;
import dev.meridian.filters.resilience.RetryBudgets;
import dev.meridian.filters.resilience.RetryListener;
import dev.meridian.filters.resilience.TimeoutGatewayFilterFactory;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.match.ReplacedFilters;
import dev.meridian.routes.region.RegionUpstreamFactory;
import dev.meridian.routes.upstream.UpstreamSettings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientProperties;
import org.springframework.cloud.gateway.filter.NettyRoutingFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the forwarder, which takes
 * the place of Spring Cloud Gateway's Netty client. It stands back where that client is set up to go through a proxy,
 * which only the stock filter does.
 */
@AutoConfiguration(after = GatewayAutoConfiguration.class)
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
@Conditional(OnStockProxy.class)
public final class ForwardAutoConfiguration {

    private static final String STOCK_FILTERS = "org.springframework.cloud.gateway.";

    @Bean
    @ConditionalOnMissingBean
    ForwardRoot meridianForwardRoot(Environment environment) {
        return StrictBinder.bind(environment, "meridian", ForwardRoot.class);
    }

    @Bean
    SettingsRoot forwardSettingsRoot() {
        return SettingsRoot.of(ForwardRoot.class);
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamTransport meridianUpstreamTransport(
            ObjectProvider<ReactorResourceFactory> resources, HttpClientProperties client, SslBundles bundles) {
        ReactorResourceFactory factory = resources.getIfAvailable();
        LoopResources loops = factory == null ? HttpResources.get() : factory.getLoopResources();
        return new UpstreamTransport(loops, new ClientTls(client.getSsl(), bundles));
    }

    @Bean
    AbandonedCalls meridianAbandonedCalls(UpstreamTransport transport) {
        return new AbandonedCalls(transport);
    }

    @Bean
    ForwardFilter meridianForwardFilter(
            UpstreamTransport transport,
            ForwardRoot root,
            HttpProperties http,
            HttpClientProperties client,
            Environment environment,
            RetryBudgets budgets,
            ObjectProvider<RetryListener> retryListeners,
            ObjectProvider<HttpHeadersFilter> headersFilters) {
        List<HttpHeadersFilter> own = headersFilters
                .orderedStream()
                .filter(filter -> !filter.getClass().getName().startsWith(STOCK_FILTERS))
                .toList();
        RequestHeaders headers = new RequestHeaders(root.forward(), StockSwitches.from(environment));
        return new ForwardFilter(new Forwarder(
                transport,
                headers,
                own,
                direct(client),
                http.http().maxRequestBody().toBytes(),
                new Retries(
                        budgets,
                        RegionUpstreamFactory.perThread(),
                        retryListeners.orderedStream().toList())));
    }

    @Bean
    @ConditionalOnMissingBean
    RetryBudgets meridianRetryBudgets() {
        return new RetryBudgets(System::nanoTime);
    }

    @Bean
    TimeoutGatewayFilterFactory meridianTimeoutGatewayFilterFactory() {
        return new TimeoutGatewayFilterFactory();
    }

    @Bean
    @ConditionalOnMissingBean
    ForwardExplainer meridianForwardExplainer(ForwardFilter filter) {
        return new ForwardExplainer(filter.forwarder());
    }

    @Bean
    WriteResponseFilter meridianWriteResponseFilter(GatewayProperties properties) {
        return new WriteResponseFilter(properties.getStreamingMediaTypes());
    }

    @Bean
    ReplacedFilters meridianForwardReplacedFilters() {
        return new ReplacedFilters(Set.of(NettyRoutingFilter.class, NettyWriteResponseFilter.class));
    }

    /** Addresses that routes name themselves are spoken to as the stock client's settings say, where they say anything. */
    private static UpstreamSettings direct(HttpClientProperties client) {
        HttpClientProperties.Pool pool = client.getPool();
        Integer connect = client.getConnectTimeout();
        Integer connections = pool.getMaxConnections();
        return new UpstreamSettings(
                Protocol.HTTP1,
                new PoolDefinition(
                        connections == null ? 1024 : connections,
                        1024,
                        Duration.ofSeconds(2),
                        or(pool.getMaxIdleTime(), Duration.ofSeconds(30)),
                        or(pool.getMaxLifeTime(), Duration.ofMinutes(5))),
                TimeoutDefinition.of(
                        connect == null ? Duration.ofSeconds(1) : Duration.ofMillis(connect),
                        or(client.getResponseTimeout(), Duration.ofSeconds(30)),
                        Duration.ofSeconds(60)));
    }

    private static Duration or(@org.jspecify.annotations.Nullable Duration value, Duration otherwise) {
        return value == null ? otherwise : value;
    }

    /**
     * What this package reads under {@code meridian}.
     *
     * @param forward what is added to a request on its way upstream
     */
    @ConfigurationProperties("meridian")
    record ForwardRoot(
            @NestedConfigurationProperty @DefaultValue ForwardProperties forward) {}
}
