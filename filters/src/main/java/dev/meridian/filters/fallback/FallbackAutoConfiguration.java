package dev.meridian.filters.fallback;

import dev.meridian.filters.forward.ForwardAutoConfiguration;
import dev.meridian.routes.definition.CheckedAtStart;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.refresh.Change;
import dev.meridian.routes.refresh.ConfigPart;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.composite.reactive.ReactiveCompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.simple.reactive.SimpleReactiveDiscoveryClient;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.DispatcherHandler;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of fallbacks. */
@AutoConfiguration(after = ForwardAutoConfiguration.class)
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class FallbackAutoConfiguration {

    /** Always there: the one asks the others, the other has its services from the configuration. */
    private static final Set<Class<?>> DISCOVERS_NOTHING =
            Set.of(ReactiveCompositeDiscoveryClient.class, SimpleReactiveDiscoveryClient.class);

    @Bean
    @ConditionalOnMissingBean
    FallbackGatewayFilterFactory meridianFallbackFilterFactory(ObjectProvider<DispatcherHandler> dispatcher) {
        return new FallbackGatewayFilterFactory(SingletonSupplier.of(dispatcher::getObject));
    }

    @Bean
    CheckedFallbacks meridianCheckedFallbacks(Environment environment, ListableBeanFactory beans) {
        ConfigProblems problems = new ConfigProblems(environment);
        FallbackCheck.check(new CandidateConfig(environment), discovered(beans, problems), problems);
        problems.throwIfAny();
        return new CheckedFallbacks();
    }

    @Bean
    FallbackPart meridianFallbackPart(ListableBeanFactory beans) {
        return new FallbackPart(beans);
    }

    private static Predicate<String> discovered(ListableBeanFactory beans, ConfigProblems written) {
        boolean discovery = Arrays.stream(beans.getBeanNamesForType(ReactiveDiscoveryClient.class, true, false))
                .map(beans::getType)
                .anyMatch(type -> type != null && !DISCOVERS_NOTHING.contains(type));
        return name ->
                discovery || written.isWritten("spring.cloud.discovery.client.simple.instances." + name + "[0].uri");
    }

    /** That fallbacks lead somewhere, in a refresh. */
    record FallbackPart(ListableBeanFactory beans) implements ConfigPart {

        @Override
        public Prepared prepare(CandidateConfig candidate, ConfigProblems problems) {
            FallbackCheck.check(candidate, discovered(beans, problems), problems);
            return new Prepared() {
                @Override
                public List<Change> changes() {
                    return List.of(); // they are the routes'
                }

                @Override
                public void commit() {}
            };
        }
    }

    /** That fallbacks lead somewhere, at start. */
    record CheckedFallbacks() implements CheckedAtStart {}
}
