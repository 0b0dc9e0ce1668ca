package dev.meridian.filters.forward;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Resolves names as another does, and goes on with the last known addresses while that one fails: a name server that is
 * down must not take down what it once named. Thread-safe.
 */
final class LastGoodAddresses extends AddressResolverGroup<InetSocketAddress> {

    private static final int MOST_NAMES = 10_000;

    private final AddressResolverGroup<InetSocketAddress> resolver;
    private final Map<String, List<InetAddress>> known =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, List<InetAddress>> eldest) {
                    return size() > MOST_NAMES;
                }
            });

    LastGoodAddresses(AddressResolverGroup<InetSocketAddress> resolver) {
        this.resolver = resolver;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Remembering(executor, resolver.getResolver(executor));
    }

    @Override
    public void close() {
        super.close();
        resolver.close();
    }

    private final class Remembering extends AbstractAddressResolver<InetSocketAddress> {

        private final AddressResolver<InetSocketAddress> asked;

        Remembering(EventExecutor executor, AddressResolver<InetSocketAddress> asked) {
            super(executor, InetSocketAddress.class);
            this.asked = asked;
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return !address.isUnresolved();
        }

        @Override
        protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
            asked.resolve(unresolved).addListener((Future<InetSocketAddress> done) -> {
                if (done.isSuccess()) {
                    known.put(unresolved.getHostString(), List.of(done.getNow().getAddress()));
                    promise.trySuccess(done.getNow());
                    return;
                }
                List<InetAddress> last = known.get(unresolved.getHostString());
                if (last == null) {
                    promise.tryFailure(done.cause());
                } else {
                    promise.trySuccess(new InetSocketAddress(last.get(0), unresolved.getPort()));
                }
            });
        }

        @Override
        protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
            asked.resolveAll(unresolved).addListener((Future<List<InetSocketAddress>> done) -> {
                if (done.isSuccess()) {
                    known.put(
                            unresolved.getHostString(),
                            done.getNow().stream()
                                    .map(InetSocketAddress::getAddress)
                                    .toList());
                    promise.trySuccess(done.getNow());
                    return;
                }
                List<InetAddress> last = known.get(unresolved.getHostString());
                if (last == null) {
                    promise.tryFailure(done.cause());
                } else {
                    promise.trySuccess(last.stream()
                            .map(address -> new InetSocketAddress(address, unresolved.getPort()))
                            .toList());
                }
            });
        }
    }
}
