package dev.meridian.routes.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class WholeConfigFailureAnalyzerTests {

    private static void fail(String... arguments) {
        SpringApplication application = new SpringApplication(Gateway.class);
        application.setWebApplicationType(WebApplicationType.REACTIVE);
        assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void settingThatDoesNotBind_hidesNothingElse(CapturedOutput output) {
        fail(
                "--server.port=0",
                "--meridian.upstreams.a.balance=rund-robin",
                "--meridian.upstreams.b.timeout.response=soon",
                "--meridian.config.poll=1ms",
                "--meridian.nonsense=1");

        assertThat(output)
                .contains(
                        "The configuration is not valid",
                        "meridian.upstreams.a.balance",
                        "Did you mean: round-robin",
                        "meridian.upstreams.b.timeout.response",
                        "meridian.config.poll",
                        "meridian.nonsense")
                .containsOnlyOnce("Property: meridian.upstreams.a.balance");
    }

    @Test
    void failureOfAnotherKind_isNotItsBusiness(CapturedOutput output) {
        fail("--server.port=none");

        assertThat(output).doesNotContain("The configuration is not valid");
    }

    @EnableAutoConfiguration
    static class Gateway {}
}
