package dev.meridian.testkit.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A certificate authority of its own, and certificates for {@code localhost} and for a client signed by it. */
public final class TestCertificates {

    private final X509Bundle authority;
    private final X509Bundle server;
    private final X509Bundle client;

    private TestCertificates() throws Exception {
        authority = new CertificateBuilder()
                .ecp256()
                .subject("CN=Testkit CA")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        server = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .addSanIpAddress("::1")
                .addExtendedKeyUsageServerAuth()
                .buildIssuedBy(authority);
        client = new CertificateBuilder()
                .ecp256()
                .subject("CN=testkit-client")
                .addExtendedKeyUsageClientAuth()
                .buildIssuedBy(authority);
    }

    /** Makes a new authority and its certificates. */
    public static TestCertificates create() {
        try {
            return new TestCertificates();
        } catch (Exception e) {
            throw new IllegalStateException("certificates could not be made", e);
        }
    }

    /** The authority's certificate. */
    public X509Bundle authority() {
        return authority;
    }

    /** Key and certificate for {@code localhost}, {@code 127.0.0.1} and {@code ::1}. */
    public X509Bundle server() {
        return server;
    }

    /** Key and certificate of a client, for mutual TLS. */
    public X509Bundle client() {
        return client;
    }

    /** A client's context that trusts the authority and has no certificate of its own. */
    public SSLContext clientContext() {
        return context(null);
    }

    /** A client's context that trusts the authority and shows the client's certificate. */
    public SSLContext mutualContext() {
        return context(client);
    }

    /** The authority's certificate as a PEM file in {@code directory}. */
    public Path authorityPem(Path directory) {
        return write(directory.resolve("ca.crt"), authority.getRootCertificatePEM());
    }

    /** The server's certificate chain as a PEM file in {@code directory}. */
    public Path serverPem(Path directory) {
        return write(directory.resolve("tls.crt"), server.getCertificatePathPEM());
    }

    /** The server's private key as a PEM file in {@code directory}. */
    public Path serverKeyPem(Path directory) {
        return write(directory.resolve("tls.key"), server.getPrivateKeyPEM());
    }

    private SSLContext context(@Nullable X509Bundle own) {
        try {
            KeyManager[] keys =
                    own == null ? new KeyManager[0] : own.toKeyManagerFactory().getKeyManagers();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, authority.toTrustManagerFactory().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no TLS context from the test's certificates", e);
        }
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
