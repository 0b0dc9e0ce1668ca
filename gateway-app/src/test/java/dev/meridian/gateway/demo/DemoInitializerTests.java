package dev.meridian.gateway.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.mock.env.MockEnvironment;

class DemoInitializerTests {

    private final List<String> printed = new ArrayList<>();
    private final MockEnvironment environment = new MockEnvironment()
            .withProperty("local.server.port", "8080")
            .withProperty("local.management.port", "9090");

    @Test
    void initialize_withoutTheProfile_doesNothing() {
        try (GenericApplicationContext context = started()) {
            assertThat(environment.getProperty("demo.eu-west.a")).isNull();
            ready(context);
            assertThat(printed).isEmpty();
        }
    }

    @Test
    void initialize_withTheProfile_publishesTheBackendsAndSaysWhatToTry() {
        environment.setActiveProfiles("demo");

        try (GenericApplicationContext context = started()) {
            String url = environment.getRequiredProperty("demo.ap-south.b");
            assertThat(url).startsWith("http://127.0.0.1:");
            assertThat(printed).isEmpty();

            ready(context);

            assertThat(printed)
                    .singleElement()
                    .asString()
                    .contains("gateway     http://127.0.0.1:8080", "management  http://127.0.0.1:9090/actuator", url)
                    .contains("curl -s http://127.0.0.1:8080/api/hello", "Ctrl-C");
        }
    }

    private GenericApplicationContext started() {
        GenericApplicationContext context = new GenericApplicationContext();
        context.setEnvironment(environment);
        new DemoInitializer(printed::add).initialize(context);
        context.refresh();
        return context;
    }

    private static void ready(GenericApplicationContext context) {
        context.publishEvent(new ApplicationReadyEvent(mock(SpringApplication.class), new String[0], context, null));
    }
}
