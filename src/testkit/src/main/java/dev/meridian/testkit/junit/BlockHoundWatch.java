package dev.meridian.testkit.junit;

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * What BlockHound lets pass: calls that block for a moment once, when a class is loaded or a generator is seeded, or
 * that only tests make. Which threads must not block it knows from Reactor (all {@code NonBlocking} ones) and from Netty
 * (all {@code FastThreadLocalThread}s that do not say otherwise): the event loops {@code reactor-http-*} are both.
 */
public final class BlockHoundWatch implements BlockHoundIntegration {

    static void install() {
        BlockHound.install();
    }

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.blockingMethodCallback(method -> {
            BlockingOperationError error = new BlockingOperationError(method);
            BlockingCalls.seen(error);
            throw error;
        });
        allowLoading(builder);
        allowSeeding(builder);
    }

    private static void allowLoading(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.ServiceLoader$LazyClassPathLookupIterator", "hasNext");
    }

    private static void allowSeeding(BlockHound.Builder builder) {
        builder.allowBlockingCallsInside("java.util.UUID", "randomUUID")
                .allowBlockingCallsInside("java.security.SecureRandom", "nextBytes")
                .allowBlockingCallsInside("java.security.SecureRandom", "generateSeed");
    }
}
