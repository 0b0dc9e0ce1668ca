package dev.meridian.filters.client;

import dev.meridian.routes.definition.CheckedAtStart;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The proxies whose word about a client's address is believed. Immutable. */
public final class TrustedProxies implements CheckedAtStart {

    private final List<Cidr> blocks;
    private final @Nullable Pattern pattern;

    /** @param pattern of trusted addresses as Spring Cloud Gateway's {@code trusted-proxies} has it, or {@code null} */
    TrustedProxies(List<Cidr> blocks, @Nullable Pattern pattern) {
        this.blocks = List.copyOf(blocks);
        this.pattern = pattern;
    }

    /** Whether nobody is trusted, which is the default. */
    public boolean isEmpty() {
        return blocks.isEmpty() && pattern == null;
    }

    public boolean contains(@Nullable InetAddress address) {
        if (address == null) {
            return false;
        }
        for (Cidr block : blocks) {
            if (block.contains(address)) {
                return true;
            }
        }
        return pattern != null && pattern.matcher(address.getHostAddress()).matches();
    }

    /**
     * The client behind the peer. Read from the right, the nearest hop first: as long as the one who speaks is trusted,
     * the one that it names is believed; the first that is not trusted is the client, whatever stands left of it.
     *
     * @param peer the other end of the socket
     * @param hops as {@link ForwardedFor} read them
     */
    InetAddress client(InetAddress peer, List<@Nullable InetAddress> hops) {
        InetAddress client = peer;
        for (int i = hops.size() - 1; i >= 0 && contains(client); i--) {
            InetAddress hop = hops.get(i);
            if (hop == null) {
                break;
            }
            client = hop;
        }
        return client;
    }
}
