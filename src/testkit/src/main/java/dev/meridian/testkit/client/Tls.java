package dev.meridian.testkit.client;

import java.io.IOException;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Puts TLS on a connected socket. */
final class Tls {

    private Tls() {}

    /** {@code tcp} itself when the endpoint has no TLS. */
    static Socket over(Socket tcp, Endpoint endpoint) throws IOException {
        if (endpoint.tls() == null) {
            return tcp;
        }
        SSLSocket tls = (SSLSocket) endpoint.tls()
                .getSocketFactory()
                .createSocket(tcp, endpoint.serverName(), endpoint.address().getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(endpoint.serverName())));
        parameters.setApplicationProtocols(endpoint.protocols().toArray(String[]::new));
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }
}
