package dev.meridian.observability.exchange;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the filter that tells the
 * {@link ExchangeObserver}s of each exchange; where there are none, no filter stands in the way.
 */
@AutoConfiguration
@ConditionalOnBean(ExchangeObserver.class)
public final class ExchangeAutoConfiguration {

    @Bean
    ExchangeEndFilter meridianExchangeEndFilter(
            ObjectProvider<ExchangeObserver> observers, ApplicationContext context) {
        return new ExchangeEndFilter(observers.orderedStream().toList(), context, System::nanoTime);
    }
}
