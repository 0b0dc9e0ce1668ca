package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PeerFieldsTests {

    @Test
    void of_ipv4_isTheSameInBothForms() {
        assertThat(PeerFields.of(null, new InetSocketAddress("203.0.113.9", 80)))
                .isEqualTo(new PeerFields("203.0.113.9", "203.0.113.9"));
    }

    @Test
    void of_ipv6_isQuotedAndInBracketsAsANode() {
        assertThat(PeerFields.of(null, new InetSocketAddress("2001:db8::1", 80)))
                .isEqualTo(new PeerFields("2001:db8:0:0:0:0:0:1", "\"[2001:db8:0:0:0:0:0:1]\""));
    }

    @Test
    void of_ipv6WithAZone_tellsNobodyTheZone() throws Exception {
        byte[] bytes = InetAddress.getByName("fe80::1").getAddress();

        assertThat(PeerFields.of(null, new InetSocketAddress(Inet6Address.getByAddress(null, bytes, 3), 80)))
                .isEqualTo(new PeerFields("fe80:0:0:0:0:0:0:1", "\"[fe80:0:0:0:0:0:0:1]\""));
    }

    @Test
    void of_nothingKnown_isNull() {
        assertThat(PeerFields.of(null, null)).isNull();
        assertThat(PeerFields.of(null, InetSocketAddress.createUnresolved("nowhere", 1)))
                .isNull();
        assertThat(PeerFields.of(new EmbeddedChannel(), null)).isNull();
    }
}
