package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectFailuresTests {

    static Stream<Arguments> errors() {
        return Stream.of(
                Arguments.of(new ConnectException("Connection refused"), Failure.CONNECTION_REFUSED),
                Arguments.of(new ConnectTimeoutException("timed out"), Failure.CONNECTION_TIMEOUT),
                Arguments.of(new SslHandshakeTimeoutException("timed out"), Failure.TLS_TIMEOUT),
                Arguments.of(new NoRouteToHostException("No route to host"), Failure.DESTINATION_UNROUTABLE),
                Arguments.of(new UnknownHostException("orders"), Failure.DNS_ERROR),
                Arguments.of(new UnresolvedAddressException(), Failure.DNS_ERROR),
                Arguments.of(dnsTimeout(), Failure.DNS_TIMEOUT),
                Arguments.of(caused(new UnknownHostException("orders"), dnsTimeout()), Failure.DNS_TIMEOUT),
                Arguments.of(new SSLException("bad record"), Failure.TLS_PROTOCOL_ERROR),
                Arguments.of(new DecoderException(new SSLHandshakeException("no cipher")), Failure.TLS_PROTOCOL_ERROR),
                Arguments.of(
                        new DecoderException(
                                caused(new SSLHandshakeException("PKIX"), new CertificateException("unknown issuer"))),
                        Failure.TLS_CERTIFICATE_ERROR),
                Arguments.of(
                        caused(new SSLHandshakeException("x"), new CertificateExpiredException("old")),
                        Failure.TLS_CERTIFICATE_ERROR),
                Arguments.of(new ClosedChannelException(), Failure.CONNECTION_TERMINATED),
                Arguments.of(new IOException("Connection reset by peer"), Failure.CONNECTION_TERMINATED),
                Arguments.of(new IllegalStateException("anything"), Failure.CONNECTION_TERMINATED));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void classify_error_namesWhatKeptTheConnectionFromBeing(Throwable error, Failure expected) {
        assertThat(ConnectFailures.classify(error)).isEqualTo(expected);
    }

    @Test
    void classify_causesInACircle_comesToAnEnd() {
        Exception a = new Exception("a");
        Exception b = new Exception("b", a);
        a.initCause(b);

        assertThat(ConnectFailures.classify(a)).isEqualTo(Failure.CONNECTION_TERMINATED);
    }

    private static <T extends Throwable> T caused(T error, Throwable cause) {
        error.initCause(cause);
        return error;
    }

    private static Throwable dnsTimeout() {
        return new DnsNameResolverTimeoutException(
                InetSocketAddress.createUnresolved("dns", 53),
                new DefaultDnsQuestion("orders.", DnsRecordType.A),
                "timed out");
    }
}
