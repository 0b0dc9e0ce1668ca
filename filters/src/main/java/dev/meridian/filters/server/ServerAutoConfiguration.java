package dev.meridian.filters.server;

import dev.meridian.filters.guard.ClientConnections;
import dev.meridian.routes.canary.PassiveWeightFilter;
import dev.meridian.routes.match.GatewayHandlerMapping;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.adapter.ForwardedHeaderTransformer;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.server.i18n.LocaleContextResolver;
import org.springframework.web.server.session.WebSessionManager;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the short way from the
 * server to the routes. It stands back for what only Spring's own adapter does: observations of {@code
 * http.server.requests}, a base path, a {@code ForwardedHeaderTransformer}.
 */
@AutoConfiguration(
        before = HttpHandlerAutoConfiguration.class,
        after = {WebFluxAutoConfiguration.class, dev.meridian.routes.RoutesAutoConfiguration.class})
@ConditionalOnProperty(name = "management.observations.enable.http.server.requests", havingValue = "false")
@Conditional(OnSpringsAdapterNotNeeded.class)
@ConditionalOnMissingBean({HttpHandler.class, ForwardedHeaderTransformer.class})
public final class ServerAutoConfiguration {

    @Bean
    @ConditionalOnBean(GatewayHandlerMapping.class)
    HttpHandler meridianHttpHandler(
            DispatcherHandler dispatcher,
            GatewayHandlerMapping routes,
            ObjectProvider<HandlerMapping> mappings,
            ObjectProvider<WebFilter> filters,
            ObjectProvider<WebExceptionHandler> errorHandlers,
            @org.springframework.beans.factory.annotation.Qualifier(WebHttpHandlerBuilder.WEB_SESSION_MANAGER_BEAN_NAME)
                    WebSessionManager sessions,
            ServerCodecConfigurer codecs,
            LocaleContextResolver locales,
            ApplicationContext context,
            ClientConnections connections) {
        List<WebFilter> ordered = filters.orderedStream()
                .filter(filter -> !(filter instanceof PassiveWeightFilter))
                .toList();
        return new GatewayHttpHandler(
                new RouteFirstHandler(dispatcher, routes, mappings),
                ordered,
                errorHandlers.orderedStream().toList(),
                sessions,
                codecs,
                locales,
                context,
                connections);
    }
}
