package dev.meridian.filters.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTests {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,          10.0.0.0,          true",
        "10.0.0.0/8,          10.255.255.255,    true",
        "10.0.0.0/8,          11.0.0.0,          false",
        "10.0.0.0/8,          9.255.255.255,     false",
        "10.1.2.3/8,          10.9.9.9,          true",
        "10.0.0.1,            10.0.0.1,          true",
        "10.0.0.1,            10.0.0.2,          false",
        "10.0.0.1/32,         10.0.0.1,          true",
        "10.0.0.1/32,         10.0.0.0,          false",
        "10.0.0.0/31,         10.0.0.1,          true",
        "10.0.0.0/31,         10.0.0.2,          false",
        "10.0.0.128/25,       10.0.0.128,        true",
        "10.0.0.128/25,       10.0.0.127,        false",
        "172.16.0.0/12,       172.31.255.255,    true",
        "172.16.0.0/12,       172.32.0.0,        false",
        "0.0.0.0/0,           203.0.113.9,       true",
        "0.0.0.0/0,           ::1,               false",
        "' 10.0.0.0 / 8 ',    10.1.1.1,          true",
        // An IPv4 address that arrives mapped into IPv6 is the IPv4 address that it is.
        "10.0.0.0/8,          ::ffff:10.1.1.1,   true",
        "10.0.0.0/8,          ::ffff:11.1.1.1,   false",
        "::ffff:10.0.0.1,     10.0.0.1,          true",
        "::/0,                2001:db8::1,       true",
        "::/0,                10.0.0.1,          false",
        "fd00::/8,            fdff:ffff::1,      true",
        "fd00::/8,            fe00::1,           false",
        "2001:db8::/33,       2001:db8:7fff::1,  true",
        "2001:db8::/33,       2001:db8:8000::1,  false",
        "2001:db8::1,         2001:db8::1,       true",
        "2001:db8::1/127,     2001:db8::,        true",
        "2001:db8::1/127,     2001:db8::2,       false",
        "'[2001:db8::]/32',   2001:db8:ffff::1,  true",
    })
    void contains_address_asTheBitsSay(String block, String address, boolean expected) throws Exception {
        Cidr cidr = Objects.requireNonNull(Cidr.parse(block));

        assertThat(cidr.contains(InetAddress.getByName(address))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "10.0.0.0/eight",
                "10.0.0.0/255.0.0.0",
                "10.0.0/8",
                "10.0.0.0-10.0.0.9",
                "localhost",
                "localhost/8",
                "::1/129",
                "fe80::1%eth0/64",
                "10.0.0.0/99999999999",
            })
    void parse_anythingElse_isNull(String text) {
        assertThat(Cidr.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 10.0.0.0/8", "10.0.0.1, 10.0.0.1/32", "fd00::/8, fd00:0:0:0:0:0:0:0/8"})
    void toString_isReadable(String text, String expected) {
        assertThat(Cidr.parse(text)).hasToString(expected);
    }
}
