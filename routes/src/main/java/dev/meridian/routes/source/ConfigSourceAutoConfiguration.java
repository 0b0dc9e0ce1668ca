package dev.meridian.routes.source;

import dev.meridian.routes.refresh.ConfigProperties;
import dev.meridian.routes.refresh.GatewayRefresher;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.bootstrap.BootstrapContext;
import org.springframework.cloud.config.client.ConfigClientProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the watch over what the
 * configuration is read from.
 */
@AutoConfiguration(afterName = "dev.meridian.routes.refresh.RefreshAutoConfiguration")
@ConditionalOnBean(GatewayRefresher.class)
public final class ConfigSourceAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ConfigPoller meridianConfigPoller(
            GatewayRefresher refresher,
            ConfigProperties properties,
            ConfigurableEnvironment environment,
            ObjectProvider<SourceProbe> server) {
        return new ConfigPoller(
                Refreshing.of(refresher),
                new FileProbe(() -> ConfigFiles.of(environment)),
                server.getIfAvailable(() -> () -> ""),
                properties.watch(),
                properties.poll(),
                () -> ThreadLocalRandom.current().nextDouble(),
                ConfigPoller::thread);
    }

    /** Where Spring Cloud's client is on the class path. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConfigClientProperties.class)
    static class ServerConfiguration {

        @Bean
        @ConditionalOnBean(BootstrapContext.class)
        ConfigServerProbe meridianConfigServerProbe(BootstrapContext bootstrap, ConfigurableEnvironment environment) {
            return new ConfigServerProbe(bootstrap, environment);
        }
    }
}
