package dev.meridian.filters.client;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Reads address literals. Never asks a resolver: the text may come from anyone. */
public final class AddressLiteral {

    private AddressLiteral() {}

    /** An IPv4 or IPv6 literal, the latter with or without brackets and without a zone; else {@code null}. */
    public static @Nullable InetAddress parse(String text) {
        String bare = text;
        if (bare.startsWith("[") && bare.endsWith("]")) {
            bare = bare.substring(1, bare.length() - 1);
        }
        if (bare.isEmpty() || bare.indexOf('%') >= 0) {
            return null;
        }
        boolean literal = NetUtil.isValidIpV4Address(bare) || NetUtil.isValidIpV6Address(bare);
        return literal ? NetUtil.createInetAddressFromIpAddressString(bare) : null;
    }
}
