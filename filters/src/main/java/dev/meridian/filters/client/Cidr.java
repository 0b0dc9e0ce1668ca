package dev.meridian.filters.client;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses, as in {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address is a block of one. An IPv4 address
 * that arrives mapped into IPv6 counts as the IPv4 address that it is. Immutable.
 */
public final class Cidr {

    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** @return {@code null} for what is neither an address literal nor a block of them */
    public static @Nullable Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address = AddressLiteral.parse(
                slash < 0 ? text.trim() : text.substring(0, slash).trim());
        if (address == null) {
            return null;
        }
        byte[] network = address.getAddress();
        int bits = network.length * 8;
        if (slash >= 0) {
            try {
                bits = Integer.parseInt(text.substring(slash + 1).trim());
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return bits < 0 || bits > network.length * 8 ? null : new Cidr(network, bits);
    }

    /** How many bits an address has in common with all others in the block. */
    public int bits() {
        return bits;
    }

    /** Whether it is a block of IPv6 addresses. */
    public boolean isIpv6() {
        return network.length > 4;
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != network[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        int mask = 0xff << (8 - rest) & 0xff;
        return rest == 0 || (bytes[whole] & mask) == (network[whole] & mask);
    }

    /** Whether all addresses of the other block are in this one. */
    public boolean contains(Cidr other) {
        try {
            return other.bits >= bits && contains(InetAddress.getByAddress(other.network));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of another length", e);
        }
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            return Arrays.toString(network) + "/" + bits;
        }
    }
}
