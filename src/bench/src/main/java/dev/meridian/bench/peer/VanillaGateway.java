package dev.meridian.bench.peer;

import dev.meridian.filters.client.ClientAutoConfiguration;
import dev.meridian.filters.forward.ForwardAutoConfiguration;
import dev.meridian.filters.guard.GuardAutoConfiguration;
import dev.meridian.filters.problem.ProblemAutoConfiguration;
import dev.meridian.filters.server.ServerAutoConfiguration;
import dev.meridian.routes.RoutesAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Spring Cloud Gateway as it comes, with the same routes. */
@SpringBootApplication(
        proxyBeanMethods = false,
        exclude = {
            RoutesAutoConfiguration.class,
            ClientAutoConfiguration.class,
            ForwardAutoConfiguration.class,
            GuardAutoConfiguration.class,
            ProblemAutoConfiguration.class,
            ServerAutoConfiguration.class
        })
public class VanillaGateway {

    public static void main(String[] args) {
        SpringApplication.run(VanillaGateway.class, args);
    }
}
