package dev.meridian.filters.overload;

import dev.meridian.routes.definition.CheckedAtStart;
import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.validate.CandidateConfig;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the limits on requests under
 * way.
 */
@AutoConfiguration
@ConditionalOnProperty(name = "spring.cloud.gateway.server.webflux.enabled", matchIfMissing = true)
public final class OverloadAutoConfiguration {

    @Bean
    SettingsRoot overloadSettingsRoot() {
        return SettingsRoot.of(OverloadRoot.class);
    }

    @Bean
    @ConditionalOnMissingBean
    StartLimits meridianStartLimits(Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        WrittenLimits written = WrittenLimits.of(new CandidateConfig(environment), problems);
        problems.throwIfAny();
        return new StartLimits(written);
    }

    @Bean
    @ConditionalOnMissingBean
    OverloadLimits meridianOverloadLimits(StartLimits start) {
        return new OverloadLimits(start.written());
    }

    @Bean
    OverloadPart meridianOverloadPart(OverloadLimits limits, StartLimits start) {
        return new OverloadPart(limits, start.written());
    }

    @Bean
    OverloadFilter meridianOverloadFilter(OverloadLimits limits) {
        return new OverloadFilter(limits, System::nanoTime);
    }

    @Bean
    UpstreamLimitFilter meridianUpstreamLimitFilter(OverloadLimits limits) {
        return new UpstreamLimitFilter(limits, System::nanoTime);
    }

    @Bean
    @ConditionalOnMissingBean
    PriorityGatewayFilterFactory meridianPriorityFilterFactory() {
        return new PriorityGatewayFilterFactory();
    }

    @Bean
    @ConditionalOnMissingBean
    OverloadExplainer meridianOverloadExplainer(OverloadLimits limits) {
        return new OverloadExplainer(limits);
    }

    /** What the gateway starts with. */
    record StartLimits(WrittenLimits written) implements CheckedAtStart {}
}
