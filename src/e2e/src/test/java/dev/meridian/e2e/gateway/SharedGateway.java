package dev.meridian.e2e.gateway;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One gateway for all tests of a class: started before the first, ended and judged by its log after the last. */
public final class SharedGateway implements BeforeAllCallback, AfterAllCallback {

    private final GatewayProcess.Builder builder;
    private @Nullable GatewayProcess process;

    private SharedGateway(GatewayProcess.Builder builder) {
        this.builder = builder;
    }

    /** With this configuration; {@code name} is for its files. */
    public static SharedGateway of(String name, GatewayConfig config) {
        return of(GatewayProcess.of(name, config));
    }

    /** As the builder says. */
    public static SharedGateway of(GatewayProcess.Builder builder) {
        return new SharedGateway(builder);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        process = builder.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (process != null) {
            process.close();
        }
    }

    /** The process. */
    public GatewayProcess process() {
        if (process == null) {
            throw new IllegalStateException("gateway: not started (expected: @RegisterExtension on a static field)");
        }
        return process;
    }

    /** The port for clients. */
    public int port() {
        return process().port();
    }
}
