package dev.meridian.routes.canary;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.cloud.gateway.config.GatewayAutoConfiguration;

/**
 * Puts {@link PassiveWeightFilter} in the place of the stock filter, which has no condition by which it would stand back.
 * An application's own is left alone.
 */
public final class StockWeightsReplacement implements BeanDefinitionRegistryPostProcessor {

    private static final String STOCK = "weightCalculatorWebFilter";

    private final String mapping;

    /** @param mapping the bean that makes the choices; without it the stock filter stays */
    public StockWeightsReplacement(String mapping) {
        this.mapping = mapping;
    }

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        if (registry.containsBeanDefinition(mapping)
                && registry.containsBeanDefinition(STOCK)
                && GatewayAutoConfiguration.class
                        .getName()
                        .equals(registry.getBeanDefinition(STOCK).getFactoryBeanName())) {
            registry.removeBeanDefinition(STOCK);
            registry.registerBeanDefinition(STOCK, new RootBeanDefinition(PassiveWeightFilter.class));
        }
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        // Definitions are all that is changed.
    }
}
