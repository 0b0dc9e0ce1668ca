package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustedProxiesTests {

    private final TrustedProxies trusted = trusting("10.0.0.0/8", "fd00::/8");

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                // peer   hops                                 client
                "203.0.113.9 >                               > 203.0.113.9",
                "203.0.113.9 > 10.0.0.1                      > 203.0.113.9",
                "203.0.113.9 > 6.6.6.6 10.0.0.1              > 203.0.113.9",
                "10.0.0.1    >                               > 10.0.0.1",
                "10.0.0.1    > 203.0.113.9                   > 203.0.113.9",
                "10.0.0.1    > 6.6.6.6 203.0.113.9           > 203.0.113.9",
                "10.0.0.1    > 203.0.113.9 10.0.0.2          > 203.0.113.9",
                "10.0.0.1    > 6.6.6.6 203.0.113.9 10.0.0.3 10.0.0.2 > 203.0.113.9",
                "10.0.0.1    > 10.0.0.3 10.0.0.2             > 10.0.0.3",
                // What is no address ends the part that can be believed.
                "10.0.0.1    > -                             > 10.0.0.1",
                "10.0.0.1    > 203.0.113.9 -                 > 10.0.0.1",
                "10.0.0.1    > 203.0.113.9 - 10.0.0.2        > 10.0.0.2",
                "10.0.0.1    > - 203.0.113.9                 > 203.0.113.9",
                "fd00::1     > 2001:db8::1                   > 2001:db8::1",
                "::ffff:10.0.0.1 > 203.0.113.9               > 203.0.113.9",
            })
    void client_isTheFirstFromTheRightThatIsNotTrusted(String peer, @Nullable String hops, String expected)
            throws Exception {
        assertThat(trusted.client(InetAddress.getByName(peer), hops(hops))).isEqualTo(InetAddress.getByName(expected));
    }

    @Test
    void client_nobodyTrusted_isThePeer() throws Exception {
        InetAddress peer = InetAddress.getByName("10.0.0.1");

        assertThat(trusting().client(peer, hops("203.0.113.9"))).isEqualTo(peer);
    }

    @Test
    void contains_nullOrNobody_isFalse() throws Exception {
        assertThat(trusted.contains(null)).isFalse();
        assertThat(trusting().contains(InetAddress.getByName("10.0.0.1"))).isFalse();
        assertThat(trusting().isEmpty()).isTrue();
        assertThat(trusted.isEmpty()).isFalse();
    }

    /** Spring Cloud Gateway's own {@code trusted-proxies}. */
    @Test
    void contains_addressThatThePatternMatches_isTrusted() throws Exception {
        TrustedProxies stock = new TrustedProxies(List.of(), Pattern.compile("10\\.0\\.0\\..*"));

        assertThat(stock.isEmpty()).isFalse();
        assertThat(stock.contains(InetAddress.getByName("10.0.0.7"))).isTrue();
        assertThat(stock.contains(InetAddress.getByName("110.0.0.7"))).isFalse();
        assertThat(stock.contains(InetAddress.getByName("10.0.1.7"))).isFalse();
    }

    static TrustedProxies trusting(String... blocks) {
        return new TrustedProxies(
                Arrays.stream(blocks)
                        .map(block -> Objects.requireNonNull(Cidr.parse(block)))
                        .toList(),
                null);
    }

    private static List<@Nullable InetAddress> hops(@Nullable String text) throws UnknownHostException {
        List<@Nullable InetAddress> hops = new ArrayList<>();
        if (text != null) {
            for (String hop : text.split(" ")) {
                hops.add(hop.equals("-") ? null : InetAddress.getByName(hop));
            }
        }
        return hops;
    }
}
