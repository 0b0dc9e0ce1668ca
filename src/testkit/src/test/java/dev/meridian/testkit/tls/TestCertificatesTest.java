package dev.meridian.testkit.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files and contexts can be used for. */
class TestCertificatesTest {

    private final TestCertificates certificates = TestCertificates.create();

    @Test
    void serversCanReadTheFiles(@TempDir Path directory) throws Exception {
        SslContext context = SslContextBuilder.forServer(
                        certificates.serverPem(directory).toFile(),
                        certificates.serverKeyPem(directory).toFile())
                .trustManager(certificates.authorityPem(directory).toFile())
                .clientAuth(ClientAuth.REQUIRE)
                .build();
        assertThat(context.isServer()).isTrue();
    }

    @Test
    void theAuthorityHasSignedBoth() throws Exception {
        X509Certificate authority = certificates.authority().getCertificate();
        certificates.server().getCertificate().verify(authority.getPublicKey());
        certificates.client().getCertificate().verify(authority.getPublicKey());
        assertThat(certificates.mutualContext().getProtocol()).isEqualTo("TLS");
    }
}
