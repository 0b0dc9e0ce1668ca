package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LastGoodAddressesTests {

    private final Map<String, List<String>> names = new HashMap<>();
    private final LastGoodAddresses resolver = new LastGoodAddresses(new NamesAtHand());

    @AfterEach
    void close() {
        resolver.close();
    }

    @Test
    void resolve_nameServerFails_goesOnWithTheLastKnownAddress() {
        names.put("orders.internal", List.of("192.0.2.1"));
        assertThat(resolve("orders.internal")).isEqualTo("192.0.2.1:80");

        names.clear();

        assertThat(resolve("orders.internal")).isEqualTo("192.0.2.1:80");
        assertThat(resolveAll("orders.internal")).containsExactly("192.0.2.1:80");
    }

    @Test
    void resolve_answerChanges_isTheNewOne() {
        names.put("orders.internal", List.of("192.0.2.1"));
        resolve("orders.internal");

        names.put("orders.internal", List.of("192.0.2.7"));
        assertThat(resolve("orders.internal")).isEqualTo("192.0.2.7:80");

        names.clear();
        assertThat(resolve("orders.internal")).isEqualTo("192.0.2.7:80");
    }

    @Test
    void resolveAll_nameServerFails_goesOnWithAllOfThem() {
        names.put("orders.internal", List.of("192.0.2.1", "192.0.2.2"));
        resolveAll("orders.internal");

        names.clear();

        assertThat(resolveAll("orders.internal")).containsExactly("192.0.2.1:80", "192.0.2.2:80");
    }

    @Test
    void resolve_nameNeverKnown_fails() {
        assertThat(ask("nobody.internal").cause()).isInstanceOf(UnknownHostException.class);
    }

    private String resolve(String name) {
        return text(ask(name).getNow());
    }

    private Future<InetSocketAddress> ask(String name) {
        return resolver.getResolver(ImmediateEventExecutor.INSTANCE)
                .resolve(InetSocketAddress.createUnresolved(name, 80));
    }

    private List<String> resolveAll(String name) {
        return resolver
                .getResolver(ImmediateEventExecutor.INSTANCE)
                .resolveAll(InetSocketAddress.createUnresolved(name, 80))
                .getNow()
                .stream()
                .map(LastGoodAddressesTests::text)
                .toList();
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private final class NamesAtHand extends AddressResolverGroup<InetSocketAddress> {

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
                    List<InetAddress> all = addresses(name);
                    promise.setSuccess(all.get(0));
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) throws Exception {
                    promise.setSuccess(addresses(name));
                }
            }.asAddressResolver();
        }

        private List<InetAddress> addresses(String name) throws UnknownHostException {
            List<String> known = names.get(name);
            if (known == null) {
                throw new UnknownHostException(name);
            }
            List<InetAddress> all = new ArrayList<>();
            for (String each : known) {
                all.add(InetAddress.getByName(each));
            }
            return all;
        }
    }
}
