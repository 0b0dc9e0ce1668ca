package dev.meridian.filters.fallback;

import dev.meridian.filters.forward.ForwardAutoConfiguration;
import dev.meridian.routes.definition.CheckedAtStart;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.discovery.KnownServices;
import dev.meridian.routes.refresh.Change;
import dev.meridian.routes.refresh.ConfigPart;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.List;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.DispatcherHandler;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of fallbacks. */
@AutoConfiguration(after = ForwardAutoConfiguration.class)
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class FallbackAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    FallbackGatewayFilterFactory meridianFallbackFilterFactory(ObjectProvider<DispatcherHandler> dispatcher) {
        return new FallbackGatewayFilterFactory(SingletonSupplier.of(dispatcher::getObject));
    }

    @Bean
    CheckedFallbacks meridianCheckedFallbacks(Environment environment, ListableBeanFactory beans) {
        ConfigProblems problems = new ConfigProblems(environment);
        FallbackCheck.check(new CandidateConfig(environment), KnownServices.of(beans), problems);
        problems.throwIfAny();
        return new CheckedFallbacks();
    }

    @Bean
    FallbackPart meridianFallbackPart(ListableBeanFactory beans) {
        return new FallbackPart(beans);
    }

    /** That fallbacks lead somewhere, in a refresh. */
    record FallbackPart(ListableBeanFactory beans) implements ConfigPart {

        @Override
        public Prepared prepare(CandidateConfig candidate, ConfigProblems problems) {
            FallbackCheck.check(candidate, KnownServices.of(beans), problems);
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
