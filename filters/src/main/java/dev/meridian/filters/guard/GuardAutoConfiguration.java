package dev.meridian.filters.guard;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the connection guards. */
@AutoConfiguration
public final class GuardAutoConfiguration {

    private static final long MAX_HEAD_BYTES = 16 * 1024 * 1024;

    @Bean
    @ConditionalOnMissingBean
    HttpProperties meridianHttpProperties(Environment environment) {
        HttpProperties properties = StrictBinder.bind(environment, "meridian", HttpProperties.class);
        check(properties.http(), environment);
        return properties;
    }

    private static void check(HttpLimits limits, Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        String path = "meridian.http.";
        bytes(problems, path + "max-request-line", limits.maxRequestLine().toBytes());
        bytes(problems, path + "max-header-size", limits.maxHeaderSize().toBytes());
        problems.require(limits.maxHeaders() > 0, path + "max-headers", limits.maxHeaders(), "1 or more");
        problems.require(
                limits.maxRequestBody().toBytes() > 0,
                path + "max-request-body",
                limits.maxRequestBody(),
                "a size of at least 1B, as in 10MB");
        problems.require(
                limits.headerTimeout().toMillis() > 0, path + "header-timeout", limits.headerTimeout(), "at least 1ms");
        problems.require(
                limits.idleTimeout().toMillis() > 0, path + "idle-timeout", limits.idleTimeout(), "at least 1ms");
        problems.throwIfAny();
    }

    private static void bytes(ConfigProblems problems, String path, long value) {
        problems.require(value > 0 && value <= MAX_HEAD_BYTES, path, value + "B", "1B to 16MB");
    }

    @Bean
    SettingsRoot httpSettingsRoot() {
        return SettingsRoot.of(HttpProperties.class);
    }

    @Bean
    @ConditionalOnMissingBean
    ClientConnections meridianClientConnections() {
        return new ClientConnections();
    }

    @Bean
    HeaderCountFilter meridianHeaderCountFilter(HttpProperties properties) {
        return new HeaderCountFilter(properties.http().maxHeaders());
    }

    /** After Boot's own customizers, whose settings are taken over where only they are set. */
    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    NettyServerCustomizer meridianGuardCustomizer(
            HttpProperties properties, ClientConnections connections, Environment environment) {
        HttpLimits limits = properties.http();
        boolean ownLine = !isLeftToBoot(environment, "server.netty.max-initial-line-length", "max-request-line");
        boolean ownHeader = !isLeftToBoot(environment, "server.max-http-request-header-size", "max-header-size");
        boolean ownIdle = !isLeftToBoot(environment, "server.netty.idle-timeout", "idle-timeout");
        GuardInstaller installer =
                new GuardInstaller(connections, limits.headerTimeout().toMillis());
        return server -> {
            var guarded = server.httpRequestDecoder(spec -> {
                        if (ownLine) {
                            spec.maxInitialLineLength(
                                    (int) limits.maxRequestLine().toBytes());
                        }
                        if (ownHeader) {
                            spec.maxHeaderSize((int) limits.maxHeaderSize().toBytes());
                        }
                        return spec.validateHeaders(true).allowDuplicateContentLengths(false);
                    })
                    .doOnChannelInit(installer);
            return ownIdle ? guarded.idleTimeout(limits.idleTimeout()) : guarded;
        };
    }

    private static boolean isLeftToBoot(Environment environment, String boot, String own) {
        return environment.containsProperty(boot) && !environment.containsProperty("meridian.http." + own);
    }
}
