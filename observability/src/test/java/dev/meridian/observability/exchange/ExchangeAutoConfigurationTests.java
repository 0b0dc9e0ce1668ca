package dev.meridian.observability.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;

class ExchangeAutoConfigurationTests {

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ExchangeAutoConfiguration.class));

    @Test
    void withoutObservers_noFilterStandsInTheWay() {
        runner.run(context -> assertThat(context).doesNotHaveBean(ExchangeEndFilter.class));
    }

    @Test
    void withObservers_thereIsOneFilterForAll() {
        runner.withBean("one", ExchangeObserver.class, () -> end -> {})
                .withBean("two", ExchangeObserver.class, () -> end -> {})
                .run(context -> assertThat(context).hasSingleBean(ExchangeEndFilter.class));
    }
}
