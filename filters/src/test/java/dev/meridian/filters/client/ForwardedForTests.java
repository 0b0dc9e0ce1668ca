package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedForTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "10.0.0.1                            > 10.0.0.1",
                "10.0.0.1, 10.0.0.2                  > 10.0.0.1 10.0.0.2",
                "10.0.0.1,10.0.0.2 ,  10.0.0.3       > 10.0.0.1 10.0.0.2 10.0.0.3",
                "10.0.0.1 | 10.0.0.2, 10.0.0.3       > 10.0.0.1 10.0.0.2 10.0.0.3",
                "10.0.0.1:4711                       > 10.0.0.1",
                "2001:db8::1                         > 2001:db8:0:0:0:0:0:1",
                "[2001:db8::1]                       > 2001:db8:0:0:0:0:0:1",
                "[2001:db8::1]:4711                  > 2001:db8:0:0:0:0:0:1",
                "::ffff:10.0.0.1                     > 10.0.0.1",
                "unknown                             > -",
                "_hidden, 10.0.0.1                   > - 10.0.0.1",
                "10.0.0.1, , 10.0.0.2                > 10.0.0.1 - 10.0.0.2",
                "10.0.0.1,                           > 10.0.0.1 -",
                "''                                  > -",
                "example.com                         > -",
                "fe80::1%eth0                        > -",
                "[::1                                > -",
                "10.0.0.1;10.0.0.2                   > -",
            })
    void xForwardedFor_lines_givesTheHopsInTheirOrder(String lines, String expected) {
        assertThat(text(ForwardedFor.xForwardedFor(lines(lines)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '`',
            value = {
                "for=10.0.0.1                                    > 10.0.0.1",
                "For=10.0.0.1                                    > 10.0.0.1",
                "FOR=10.0.0.1;proto=https;by=203.0.113.9         > 10.0.0.1",
                "proto=http; for=10.0.0.1 ;host=a                > 10.0.0.1",
                "for=10.0.0.1, for=10.0.0.2                      > 10.0.0.1 10.0.0.2",
                "for=10.0.0.1,for=10.0.0.2 | for=10.0.0.3        > 10.0.0.1 10.0.0.2 10.0.0.3",
                "for=\"10.0.0.1:4711\"                           > 10.0.0.1",
                "for=10.0.0.1:4711                               > 10.0.0.1",
                "for=\"[2001:db8::1]\"                           > 2001:db8:0:0:0:0:0:1",
                "for=\"[2001:db8::1]:4711\"                      > 2001:db8:0:0:0:0:0:1",
                "for=\"[::ffff:10.0.0.1]\"                       > 10.0.0.1",
                "for=\"\\10.0.0.1\"                              > 10.0.0.1",
                "for=unknown                                     > -",
                "for=_hidden, for=10.0.0.1                       > - 10.0.0.1",
                "for=\"_SEVKISEK\"                               > -",
                "for=\"_gazonk:4711\"                            > -",
                "by=203.0.113.9;proto=http                       > -",
                "proto=http, for=10.0.0.1                        > - 10.0.0.1",
                "for=                                            > -",
                "=10.0.0.1                                       > -",
                "for                                             > -",
                "10.0.0.1                                        > -",
                "forx=10.0.0.1                                   > -",
                "``                                              > -",
                "for=10.0.0.1,                                   > 10.0.0.1 -",
                // Separators in quotes separate nothing.
                "host=\"a,for=6.6.6.6\";for=10.0.0.1             > 10.0.0.1",
                "host=\"a;for=6.6.6.6\";for=10.0.0.1             > 10.0.0.1",
                "host=\"a\\\",for=6.6.6.6\";for=10.0.0.1         > 10.0.0.1",
                "for=\"10.0.0.1, for=6.6.6.6\"                   > -",
            })
    void forwarded_lines_givesTheHopsInTheirOrder(String lines, String expected) {
        assertThat(text(ForwardedFor.forwarded(lines(lines)))).isEqualTo(expected);
    }

    /** What a client leaves open must not swallow what the trusted proxy wrote behind it in the same line. */
    @Test
    void forwarded_quoteThatAClientLeftOpen_doesNotHideTheProxysHop() {
        List<@Nullable InetAddress> hops = ForwardedFor.forwarded(List.of("for=\"6.6.6.6, for=10.0.0.1"));

        assertThat(text(hops)).endsWith("10.0.0.1");
    }

    @Test
    void xForwardedFor_moreThan64Hops_givesTheLast64() {
        String line = IntStream.rangeClosed(1, 100).mapToObj(i -> "10.0.0." + i).collect(Collectors.joining(", "));

        List<@Nullable InetAddress> hops = ForwardedFor.xForwardedFor(List.of(line));

        assertThat(hops).hasSize(64);
        assertThat(text(hops)).startsWith("10.0.0.37 ").endsWith(" 10.0.0.100");
    }

    @Test
    void forwarded_moreThan64Hops_givesTheLast64() {
        List<String> lines = new ArrayList<>();
        IntStream.rangeClosed(1, 65).forEach(i -> lines.add("for=10.0.0." + i));

        List<@Nullable InetAddress> hops = ForwardedFor.forwarded(lines);

        assertThat(hops).hasSize(64);
        assertThat(text(hops)).startsWith("10.0.0.2 ").endsWith(" 10.0.0.65");
    }

    @Test
    void noLines_noHops() {
        assertThat(ForwardedFor.xForwardedFor(List.of())).isEmpty();
        assertThat(ForwardedFor.forwarded(List.of())).isEmpty();
    }

    private static List<String> lines(String lines) {
        return Arrays.stream(lines.split("\\|", -1)).map(String::strip).toList();
    }

    private static String text(List<@Nullable InetAddress> hops) {
        return hops.stream()
                .map(hop -> hop == null ? "-" : hop.getHostAddress())
                .collect(Collectors.joining(" "));
    }
}
