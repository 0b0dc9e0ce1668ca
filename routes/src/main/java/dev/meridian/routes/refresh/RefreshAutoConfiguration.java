package dev.meridian.routes.refresh;

import dev.meridian.routes.archive.LastGoodStore;
import dev.meridian.routes.archive.StartedFromLastGood;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.discovery.DiscoveryFeed;
import dev.meridian.routes.geo.ClientLocator;
import dev.meridian.routes.load.KeptRouteLocator;
import dev.meridian.routes.upstream.UpstreamFactory;
import dev.meridian.routes.upstream.UpstreamRegistry;
import dev.meridian.routes.upstream.UpstreamSpecs;
import dev.meridian.routes.validate.ConfigValidator;
import dev.meridian.routes.validate.ConfigWarnings;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.cloud.context.properties.ConfigurationPropertiesBeans;
import org.springframework.cloud.context.properties.ConfigurationPropertiesRebinder;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.cloud.context.scope.refresh.RefreshScope;
import org.springframework.cloud.util.ConditionalOnBootstrapDisabled;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the refresh of a running
 * gateway, in the place of Spring Cloud's own.
 */
@AutoConfiguration(
        beforeName = {
            "org.springframework.cloud.autoconfigure.RefreshAutoConfiguration",
            "org.springframework.cloud.autoconfigure.ConfigurationPropertiesRebinderAutoConfiguration"
        },
        afterName = "dev.meridian.routes.RoutesAutoConfiguration")
@ConditionalOnProperty(
        name = {"spring.cloud.gateway.server.webflux.enabled", "spring.cloud.refresh.enabled"},
        matchIfMissing = true)
public final class RefreshAutoConfiguration {

    @Bean
    SettingsRoot refreshSettingsRoot() {
        return SettingsRoot.of(ConfigRoot.class);
    }

    @Bean
    @ConditionalOnMissingBean
    UpstreamPart meridianUpstreamPart(
            UpstreamRegistry registry,
            UpstreamFactory factory,
            DiscoveryFeed discovery,
            UpstreamSpecs specs,
            ObjectProvider<ClientLocator> locators) {
        return new UpstreamPart(
                registry, factory, discovery, specs, () -> locators.stream().anyMatch(ClientLocator::isConfigured));
    }

    @Bean
    @ConditionalOnMissingBean
    ConfigProperties meridianConfigProperties(Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        ConfigProperties properties = ConfigProperties.of(environment, problems);
        problems.throwIfAny();
        return properties;
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnProperty("meridian.config.state-dir")
    LastGoodStore meridianLastGoodStore(ConfigProperties properties) {
        return new LastGoodStore(Objects.requireNonNull(properties.stateDir(), "the condition"));
    }

    @Bean
    @ConditionalOnMissingBean(value = ConfigurationPropertiesRebinder.class, search = SearchStrategy.CURRENT)
    ChangedPropertiesRebinder meridianPropertiesRebinder(
            ObjectProvider<ConfigurationPropertiesBeans> beans, ApplicationContext context) {
        return new ChangedPropertiesRebinder(beans.getIfAvailable(ConfigurationPropertiesBeans::new), context);
    }

    @Bean
    @ConditionalOnMissingBean(ContextRefresher.class)
    @ConditionalOnBootstrapDisabled
    GatewayRefresher meridianRefresher(
            ConfigurableApplicationContext context,
            RefreshScope scope,
            org.springframework.cloud.autoconfigure.RefreshAutoConfiguration.RefreshProperties properties,
            ObjectProvider<ConfigPart> parts,
            List<SettingsRoot> roots,
            ObjectProvider<ConfigValidator> validator,
            ConfigWarnings warnings,
            KeptRouteLocator routes,
            ObjectProvider<StartedFromLastGood> startedFrom,
            ObjectProvider<LastGoodStore> store) {
        return new GatewayRefresher(
                context,
                scope,
                properties,
                new CandidateReader(context),
                new CandidateCheck(parts.orderedStream().toList(), roots, validator::getObject, routes, warnings),
                routes,
                startedFrom.getIfAvailable(),
                store.getIfAvailable(),
                Clock.systemUTC());
    }
}
