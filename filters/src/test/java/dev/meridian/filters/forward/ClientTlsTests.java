package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.meridian.routes.definition.Protocol;
import io.netty.handler.ssl.SslContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.cloud.gateway.config.HttpClientProperties;

class ClientTlsTests {

    private final HttpClientProperties.Ssl settings = new HttpClientProperties.Ssl();
    private final ClientTls tls = new ClientTls(settings, new DefaultSslBundleRegistry());

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void context_protocol_isAskedForByAlpnWhereItIsHttp2(Protocol protocol) {
        SslContext context = tls.context(protocol);

        assertThat(context.isClient()).isTrue();
        if (protocol == Protocol.HTTP1) {
            assertThat(context.applicationProtocolNegotiator().protocols()).isEmpty();
        } else {
            assertThat(context.applicationProtocolNegotiator().protocols()).containsExactly("h2");
        }
    }

    @Test
    void context_again_isTheSame() {
        assertThat(tls.context(Protocol.H2)).isSameAs(tls.context(Protocol.H2));
        assertThat(tls.context(Protocol.HTTP1)).isNotSameAs(tls.context(Protocol.H2));
    }

    /** Going on without it would trust whom the bundle was meant to keep out. */
    @Test
    void context_bundleThatDoesNotExist_isRefused() {
        settings.setSslBundle("upstreams");

        assertThatIllegalStateException()
                .isThrownBy(() -> tls.context(Protocol.HTTP1))
                .withMessageContaining("ssl-bundle: upstreams (expected: the name of a bundle");
    }
}
