package dev.meridian.filters.ratelimit;

import dev.meridian.filters.client.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Other limits for the keys that fit.
 *
 * @param parts one for each part of the policy's key
 */
record PolicyOverride(List<Part> parts, Limits limits) {

    boolean fits(List<String> key, @Nullable InetAddress client) {
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.get(i).fits(key.get(i), client)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it fits every key that the other one fits. */
    boolean covers(PolicyOverride other) {
        for (int i = 0; i < parts.size(); i++) {
            if (!parts.get(i).covers(other.parts.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * What one part of the key must be: a block of addresses, else a text, else anything.
     *
     * @param block {@code null} where it is none
     * @param text {@code null} for any
     */
    record Part(@Nullable Cidr block, @Nullable String text) {

        static final String ANY = "*";

        static Part of(KeySource source, String written) {
            if (written.equals(ANY)) {
                return new Part(null, null);
            }
            Cidr block = source.kind() == KeySource.Kind.CLIENT_IP ? Cidr.parse(written) : null;
            return new Part(block, source.kind() == KeySource.Kind.HOST ? written.toLowerCase(Locale.ROOT) : written);
        }

        boolean fits(String value, @Nullable InetAddress client) {
            if (block != null) {
                return client != null && block.contains(client);
            }
            return text == null || text.equals(value);
        }

        private boolean covers(Part other) {
            if (block != null) {
                return other.block != null && block.contains(other.block);
            }
            return text == null || other.block == null && text.equals(other.text);
        }
    }
}
