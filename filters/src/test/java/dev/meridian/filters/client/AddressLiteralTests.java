package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressLiteralTests {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,            10.0.0.1",
        "0.0.0.0,             0.0.0.0",
        "255.255.255.255,     255.255.255.255",
        "::1,                 0:0:0:0:0:0:0:1",
        "'[::1]',             0:0:0:0:0:0:0:1",
        "2001:DB8::A,         2001:db8:0:0:0:0:0:a",
        "2001:db8:0:0:0:0:0:1, 2001:db8:0:0:0:0:0:1",
        "::,                  0:0:0:0:0:0:0:0",
        // Mapped into IPv6 it is the IPv4 address that it is.
        "::ffff:10.0.0.1,     10.0.0.1",
        "'[::ffff:10.0.0.1]', 10.0.0.1",
        "::ffff:a00:1,        10.0.0.1",
    })
    void parse_literal_isTheAddress(String text, String expected) {
        InetAddress address = AddressLiteral.parse(text);

        assertThat(address).isNotNull();
        assertThat(address == null ? "" : address.getHostAddress()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "example.com",
                "unknown",
                "_hidden",
                "10.0.0",
                "10.0.0.256",
                "10.0.0.1.2",
                "10.0.0.1 ",
                "10.0.0.1:80",
                "0x0a.0.0.1",
                "10.0.0.-1",
                "1",
                "fe80::1%eth0",
                "[fe80::1%1]",
                "[::1",
                "::1]",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "g::1",
                "[]",
                "::ffff:10.0.0.256",
            })
    void parse_anythingElse_isNull(String text) {
        assertThat(AddressLiteral.parse(text)).isNull();
    }
}
