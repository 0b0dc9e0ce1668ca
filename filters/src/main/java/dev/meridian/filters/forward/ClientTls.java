package dev.meridian.filters.forward;

import dev.meridian.routes.definition.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.cloud.gateway.config.AbstractSslConfigurer;
import org.springframework.cloud.gateway.config.HttpClientProperties;

/**
 * TLS towards upstreams, from Spring Cloud Gateway's own {@code httpclient.ssl} settings: a bundle, or trusted
 * certificates and a key store; the JVM's trust store where nothing is set. Host names are verified.
 */
final class ClientTls extends AbstractSslConfigurer<Protocol, SslContext> {

    private volatile @Nullable SslContext http1;
    private volatile @Nullable SslContext http2;

    ClientTls(HttpClientProperties.Ssl settings, SslBundles bundles) {
        super(settings, bundles);
    }

    SslContext context(Protocol protocol) {
        SslContext context = protocol == Protocol.HTTP1 ? http1 : http2;
        if (context == null) {
            context = configureSsl(protocol);
            if (protocol == Protocol.HTTP1) {
                http1 = context;
            } else {
                http2 = context;
            }
        }
        return context;
    }

    @Override
    public SslContext configureSsl(Protocol protocol) {
        try {
            SslContextBuilder builder = SslContextBuilder.forClient();
            SslBundle bundle = getBundle();
            String name = getSslProperties().getSslBundle();
            if (bundle == null && name != null && !name.isBlank()) {
                // Going on without it would trust whom the bundle was meant to keep out.
                throw new IllegalStateException("spring.cloud.gateway.server.webflux.httpclient.ssl.ssl-bundle: " + name
                        + " (expected: the name of a bundle under spring.ssl.bundle)");
            }
            if (bundle != null) {
                fromBundle(builder, bundle);
            } else {
                fromStores(builder);
            }
            if (protocol != Protocol.HTTP1) {
                builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE,
                        SelectedListenerFailureBehavior.ACCEPT,
                        ApplicationProtocolNames.HTTP_2));
            }
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS towards upstreams cannot be set up: " + e.getMessage(), e);
        }
    }

    private static void fromBundle(SslContextBuilder builder, SslBundle bundle) {
        TrustManagerFactory trust = bundle.getManagers().getTrustManagerFactory();
        KeyManagerFactory keys = bundle.getManagers().getKeyManagerFactory();
        builder.trustManager(trust).keyManager(keys);
        if (bundle.getOptions().getEnabledProtocols() != null) {
            builder.protocols(bundle.getOptions().getEnabledProtocols());
        }
    }

    private void fromStores(SslContextBuilder builder) {
        X509Certificate[] trusted = getTrustedX509CertificatesForTrustManager();
        if (trusted.length > 0) {
            builder.trustManager(trusted);
        } else if (getSslProperties().isUseInsecureTrustManager()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
        KeyManagerFactory keys = getKeyManagerFactory();
        if (keys != null) {
            builder.keyManager(keys);
        }
    }
}
