package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Names what kept a connection from being set up. */
final class ConnectFailures {

    private ConnectFailures() {}

    static Failure classify(Throwable error) {
        if (has(error, CertificateException.class)) {
            return Failure.TLS_CERTIFICATE_ERROR;
        }
        if (error instanceof ConnectTimeoutException) {
            return Failure.CONNECTION_TIMEOUT;
        }
        if (has(error, SslHandshakeTimeoutException.class)) {
            return Failure.TLS_TIMEOUT;
        }
        if (has(error, DnsNameResolverTimeoutException.class)) {
            return Failure.DNS_TIMEOUT;
        }
        if (has(error, UnknownHostException.class) || error instanceof UnresolvedAddressException) {
            return Failure.DNS_ERROR;
        }
        if (has(error, SSLException.class)) {
            return Failure.TLS_PROTOCOL_ERROR;
        }
        if (error instanceof NoRouteToHostException) {
            return Failure.DESTINATION_UNROUTABLE;
        }
        if (error instanceof ConnectException) {
            return Failure.CONNECTION_REFUSED;
        }
        return Failure.CONNECTION_TERMINATED;
    }

    private static boolean has(@Nullable Throwable error, Class<? extends Throwable> type) {
        int depth = 0;
        for (Throwable e = error; e != null && depth++ < 16; e = e.getCause()) {
            if (type.isInstance(e)) {
                return true;
            }
        }
        return false;
    }
}
