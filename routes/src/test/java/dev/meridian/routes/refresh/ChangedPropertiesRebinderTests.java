package dev.meridian.routes.refresh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.cloud.context.properties.ConfigurationPropertiesBeans;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

@ExtendWith(OutputCaptureExtension.class)
class ChangedPropertiesRebinderTests {

    private static final String FILE = "Config resource 'file [a.yml]'";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withUserConfiguration(Rebinding.class)
            .withInitializer(context -> read(context, Map.of("one.text", "a", "two.text", "b", "three.text", "c")));

    private static void read(ConfigurableApplicationContext context, Map<String, Object> values) {
        context.getEnvironment().getPropertySources().remove(FILE);
        context.getEnvironment().getPropertySources().addLast(new MapPropertySource(FILE, values));
    }

    private static void change(ConfigurableApplicationContext context, Map<String, Object> values, String... keys) {
        read(context, values);
        context.publishEvent(new EnvironmentChangeEvent(context, Set.of(keys)));
    }

    @Test
    void change_bindsOnlyWhatItConcerns() {
        runner.run(context -> {
            change(context.getSourceApplicationContext(), Map.of("one.text", "new", "two.text", "b"), "one.text");

            assertThat(context.getBean(One.class).text).isEqualTo("new");
            assertThat(context.getBean(One.class).bound).isEqualTo(2);
            assertThat(context.getBean(Two.class).bound).isEqualTo(1);
        });
    }

    @Test
    void change_belowAndWritten_differently() {
        runner.run(context -> {
            change(context.getSourceApplicationContext(), Map.of("two.moreText", "new"), "two.moreText");

            assertThat(context.getBean(Two.class).moreText).isEqualTo("new");
            assertThat(context.getBean(Two.class).text).isEqualTo("default");
            assertThat(context.getBean(One.class).bound).isEqualTo(1);
        });
    }

    @Test
    void change_ofWhatAnotherRefersTo_concernsThatToo() {
        runner.run(context -> {
            change(
                    context.getSourceApplicationContext(),
                    Map.of("one.text", "${elsewhere}", "two.text", "b", "elsewhere", "new"),
                    "elsewhere");

            assertThat(context.getBean(One.class).text).isEqualTo("new");
            assertThat(context.getBean(Two.class).bound).isEqualTo(1);
        });
    }

    @Test
    void change_ofNothing_bindsNothing() {
        runner.run(context -> {
            change(context.getSourceApplicationContext(), Map.of("one.text", "new"));

            assertThat(context.getBean(One.class).bound).isEqualTo(1);
        });
    }

    @Test
    void change_ofARecord_leavesItAlone() {
        runner.run(context -> {
            change(context.getSourceApplicationContext(), Map.of("three.text", "new"), "three.text");

            assertThat(context.getBean(Three.class).text()).isEqualTo("c");
            assertThat(context.getBean(ChangedPropertiesRebinder.class).getErrors())
                    .isEmpty();
        });
    }

    @Test
    void change_ofARecordOfABeanMethod_leavesItAlone(CapturedOutput output) {
        runner.run(context -> {
            change(context.getSourceApplicationContext(), Map.of("four.text", "new"), "four.text");

            assertThat(context.getBean("four")).isEqualTo(new Four("made"));
            assertThat(context.getBean(ChangedPropertiesRebinder.class).getErrors())
                    .isEmpty();
            assertThat(output).doesNotContain("Cannot create default instance");
        });
    }

    @Test
    void change_ofRoutes_isTakenOver() {
        String route = "spring.cloud.gateway.server.webflux.routes[0].id";
        runner.withBean(GatewayProperties.class).run(context -> {
            GatewayProperties properties = context.getBean(GatewayProperties.class);
            properties.setTrustedProxies("gone");
            change(context.getSourceApplicationContext(), Map.of(route, "a"), route);

            assertThat(properties.getRoutes())
                    .extracting(RouteDefinition::getId)
                    .containsExactly("a");
            assertThat(properties.getTrustedProxies()).isNull();
        });
    }

    @Test
    void change_ofAnotherContext_isNotItsBusiness() {
        runner.run(context -> {
            read(context.getSourceApplicationContext(), Map.of("one.text", "new"));
            context.publishEvent(new EnvironmentChangeEvent("elsewhere", Set.of("one.text")));

            assertThat(context.getBean(One.class).bound).isEqualTo(1);
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({One.class, Two.class, Three.class})
    static class Rebinding {

        @Bean
        static ConfigurationPropertiesBeans configurationPropertiesBeans() {
            return new ConfigurationPropertiesBeans();
        }

        @Bean
        @ConfigurationProperties("four")
        Four four() {
            return new Four("made");
        }

        @Bean
        ChangedPropertiesRebinder rebinder(ConfigurationPropertiesBeans beans, ApplicationContext context) {
            return new ChangedPropertiesRebinder(beans, context);
        }
    }

    @ConfigurationProperties("one")
    static class One implements InitializingBean {

        private String text = "default";
        private int bound;

        public String getText() {
            return text;
        }

        public void setText(String text) {
            this.text = text;
        }

        @Override
        public void afterPropertiesSet() {
            bound++;
        }
    }

    @ConfigurationProperties("two")
    static class Two implements InitializingBean {

        private String text = "default";
        private String moreText = "default";
        private int bound;

        public String getText() {
            return text;
        }

        public void setText(String text) {
            this.text = text;
        }

        public String getMoreText() {
            return moreText;
        }

        public void setMoreText(String moreText) {
            this.moreText = moreText;
        }

        @Override
        public void afterPropertiesSet() {
            bound++;
        }
    }

    @ConfigurationProperties("three")
    record Three(String text) {}

    record Four(String text) {}
}
