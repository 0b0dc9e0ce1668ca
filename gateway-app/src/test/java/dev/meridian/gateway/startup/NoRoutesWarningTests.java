package dev.meridian.gateway.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.mock.env.MockEnvironment;
import reactor.core.publisher.Flux;

@ExtendWith(OutputCaptureExtension.class)
class NoRoutesWarningTests {

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void ready_withoutRoutes_saysWhereTheyGo(CapturedOutput output) {
        ready(Flux.empty());

        assertThat(output)
                .containsOnlyOnce("No routes")
                .contains("spring.cloud.gateway.server.webflux.routes", "--spring.config.additional-location");
    }

    @Test
    void ready_withRoutesUnderTheFormerKey_saysRename(CapturedOutput output) {
        environment.setProperty("spring.cloud.gateway.routes[0].uri", "http://localhost");

        ready(Flux.empty());

        assertThat(output).contains("rename it to spring.cloud.gateway.server.webflux.routes");
    }

    @Test
    void ready_withARoute_saysNothing(CapturedOutput output) {
        ready(Flux.just(mock(Route.class)));

        assertThat(output).doesNotContain("No routes");
    }

    private void ready(Flux<Route> routes) {
        new NoRoutesWarning(() -> routes, environment).onApplicationEvent(mock(ApplicationReadyEvent.class));
    }
}
