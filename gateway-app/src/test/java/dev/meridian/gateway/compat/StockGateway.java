package dev.meridian.gateway.compat;

import dev.meridian.gateway.MeridianApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The gateway with a configuration of plain Spring Cloud Gateway, {@code compat/stock.yml}; started once for all tests. */
@SpringBootTest(
        classes = MeridianApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.additional-location=classpath:/compat/stock.yml",
            "management.server.port=0",
            "meridian.shutdown.grace=0s"
        })
@Import(StockJavaRoutes.class)
abstract class StockGateway {

    @DynamicPropertySource
    static void backends(DynamicPropertyRegistry registry) {
        Backends.register(registry);
    }
}
