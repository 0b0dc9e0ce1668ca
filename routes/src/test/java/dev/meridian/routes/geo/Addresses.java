package dev.meridian.routes.geo;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses out of literals. */
final class Addresses {

    private Addresses() {}

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
