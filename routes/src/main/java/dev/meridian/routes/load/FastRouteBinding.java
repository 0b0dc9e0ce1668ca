package dev.meridian.routes.load;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.core.env.Environment;

/** Lets {@link RouteBinder} bind the routes of {@link GatewayProperties}, at start and whenever they change. */
public final class FastRouteBinding implements ConfigurationPropertiesBindHandlerAdvisor {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(GatewayProperties.PREFIX);

    private final Environment environment;

    public FastRouteBinding(Environment environment) {
        this.environment = environment;
    }

    @Override
    public BindHandler apply(BindHandler handler) {
        return handler(handler, environment);
    }

    /** Around another one, which sees the routes as if Boot had bound them. */
    public static BindHandler handler(BindHandler handler, Environment environment) {
        return new Handler(handler, environment);
    }

    private static final class Handler extends AbstractBindHandler {

        private final Environment environment;
        private @Nullable List<RouteDefinition> routes;

        Handler(BindHandler parent, Environment environment) {
            super(parent);
            this.environment = environment;
        }

        @Override
        public <T> @Nullable Bindable<T> onStart(
                ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
            if (name.equals(RouteBinder.ROUTES)) {
                routes = RouteBinder.bind(environment);
                if (routes != null) {
                    return null; // no need to look
                }
            }
            return super.onStart(name, target, context);
        }

        @Override
        public void onFinish(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, @Nullable Object result)
                throws Exception {
            Supplier<?> value = target.getValue();
            if (name.equals(ROOT) && routes != null) {
                Object bound = result != null || value == null ? result : value.get();
                if (bound instanceof GatewayProperties properties) {
                    properties.setRoutes(routes);
                }
            }
            super.onFinish(name, target, context, result);
        }
    }
}
