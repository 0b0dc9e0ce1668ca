package dev.meridian.filters.ratelimit;

import dev.meridian.filters.client.AddressLiteral;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A key as a person writes it who asks for its state: what a request would say, or what a list of keys shows. */
final class WrittenKey {

    private WrittenKey() {}

    /**
     * The key that a policy keeps for it.
     *
     * @param words its parts, or one text of all parts joined by {@code |}; of one part also cut at each {@code /}
     * @throws IllegalArgumentException for another number of parts than the policy's key has
     */
    static LimitKey parse(Policy policy, List<String> words) {
        String whole = String.join("/", words);
        LimitKey otherwise = otherwise(policy, whole);
        return otherwise != null ? otherwise : key(policy, parts(policy, words, whole));
    }

    /** The client's address in the place of a key that was missing. */
    private static @Nullable LimitKey otherwise(Policy policy, String whole) {
        if (whole.isEmpty() || whole.charAt(0) != KeyText.SEPARATOR) {
            return null;
        }
        String rest = whole.substring(1);
        String text = kept(policy, KeySource.Kind.CLIENT_IP, rest);
        boolean fits = KeyText.isHash(rest) || client(policy, rest) != null;
        return fits ? new LimitKey(KeyText.SEPARATOR + text, policy.limits()) : null;
    }

    private static List<String> parts(Policy policy, List<String> words, String whole) {
        List<KeySource> sources = policy.definition().key();
        if (sources.size() == 1) {
            return List.of(whole);
        }
        List<String> split = List.of(whole.split("\\|", -1));
        List<String> parts = split.size() == sources.size() ? split : words;
        if (parts.size() != sources.size()) {
            throw new IllegalArgumentException("key: " + whole + " (expected: " + sources.size()
                    + " parts, joined by | or as further segments of the path: " + sources + ")");
        }
        return parts;
    }

    private static LimitKey key(Policy policy, List<String> parts) {
        List<KeySource> sources = policy.definition().key();
        StringBuilder text = new StringBuilder();
        List<String> values = new ArrayList<>(parts.size());
        InetAddress client = null;
        for (int i = 0; i < parts.size(); i++) {
            KeySource.Kind kind = sources.get(i).kind();
            String part = parts.get(i);
            text.append(i == 0 ? "" : KeyText.SEPARATOR).append(kept(policy, kind, part));
            values.add(KeyText.isHash(part) ? unhashed(policy, i, part) : value(policy, kind, part));
            if (kind == KeySource.Kind.CLIENT_IP) {
                client = client(policy, part);
            }
        }
        return new LimitKey(text.toString(), policy.limits(values, client));
    }

    private static String kept(Policy policy, KeySource.Kind kind, String part) {
        return KeyText.isHash(part) ? part : KeyText.of(value(policy, kind, part), policy.privacy());
    }

    /** As a request has it. */
    private static String value(Policy policy, KeySource.Kind kind, String part) {
        return switch (kind) {
            case CLIENT_IP -> {
                InetAddress client = client(policy, part);
                yield client == null
                        ? part
                        : KeyReader.address(client, policy.definition().ipv6Prefix());
            }
            case HOST -> part.toLowerCase(Locale.ROOT);
            case PATH -> part.startsWith("/") ? part : "/" + part;
            default -> part;
        };
    }

    /** An address, or the block that makes one client. */
    private static @Nullable InetAddress client(Policy policy, String part) {
        String prefix = "/" + policy.definition().ipv6Prefix();
        return AddressLiteral.parse(part.endsWith(prefix) ? part.substring(0, part.length() - prefix.length()) : part);
    }

    /** What an override says that this is the hash of, else the hash. */
    private static String unhashed(Policy policy, int part, String hash) {
        for (PolicyOverride each : policy.overrides()) {
            String text = each.parts().get(part).text();
            if (text != null && KeyText.of(text, true).equals(hash)) {
                return text;
            }
        }
        return hash;
    }
}
