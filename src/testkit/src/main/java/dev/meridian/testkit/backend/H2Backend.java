package dev.meridian.testkit.backend;

import dev.meridian.testkit.tls.TestCertificates;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * An HTTP/2 server on a loopback port, with event loops of its own: in clear text by prior knowledge or upgrade, or over
 * TLS by ALPN. It understands HTTP/1.1 as well, so a test is to check {@link H2Recorded#protocol()}. Thread-safe.
 */
public final class H2Backend implements AutoCloseable {

    private static final Duration STOP_WAIT = Duration.ofSeconds(5);

    private final LoopResources loops = LoopResources.create("h2-backend", 1, true);
    private final Queue<H2Recorded> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);
    private volatile H2Behaviour behaviour;
    private final @Nullable TestCertificates certificates;
    private final DisposableServer server;

    private H2Backend(H2Behaviour behaviour, @Nullable TestCertificates certificates) {
        this.behaviour = behaviour;
        this.certificates = certificates;
        HttpServer common = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .runOn(loops)
                .doOnChannelInit((observer, channel, address) -> connected(channel))
                .handle(this::handle);
        this.server = (certificates == null ? clear(common) : encrypted(common, certificates.server())).bindNow();
    }

    /** HTTP/2 in clear text. */
    public static H2Backend cleartext(H2Behaviour behaviour) {
        return new H2Backend(behaviour, null);
    }

    /** HTTP/2 over TLS, with the certificate for {@code localhost}. */
    public static H2Backend tls(H2Behaviour behaviour, TestCertificates certificates) {
        return new H2Backend(behaviour, certificates);
    }

    private static HttpServer clear(HttpServer server) {
        return server.protocol(HttpProtocol.H2C, HttpProtocol.HTTP11);
    }

    private static HttpServer encrypted(HttpServer server, X509Bundle certificate) {
        Http2SslContextSpec spec =
                Http2SslContextSpec.forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath());
        return server.protocol(HttpProtocol.H2, HttpProtocol.HTTP11).secure(ssl -> ssl.sslContext(spec));
    }

    private void connected(Channel channel) {
        if (channel instanceof Http2StreamChannel) {
            return;
        }
        channels.add(channel);
        accepted.incrementAndGet();
        open.incrementAndGet();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
    }

    private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        request.withConnection(connection -> requests.add(new H2Recorded(
                tcp(connection.channel()).id().asShortText(),
                request.protocol(),
                request.method().name(),
                request.uri(),
                H2Answers.headers(request))));
        return behaviour.handle(request, response);
    }

    private static Channel tcp(Channel channel) {
        return channel instanceof Http2StreamChannel ? channel.parent() : channel;
    }

    /** {@code http://host:port} or {@code https://localhost:port}, without a slash at its end. */
    public String url() {
        return (certificates == null ? "http://127.0.0.1:" : "https://localhost:") + port();
    }

    /** The port. */
    public int port() {
        return server.port();
    }

    /** From the next request on it behaves like this. */
    public void behave(H2Behaviour next) {
        behaviour = next;
    }

    /** The heads of all requests, in the order in which they came. */
    public List<H2Recorded> requests() {
        return List.copyOf(requests);
    }

    /** How many TCP connections there were, and are. */
    public Connections connections() {
        return new Connections(accepted.get(), open.get());
    }

    @Override
    public void close() {
        server.disposeNow(STOP_WAIT);
        // Before the event loops go, since a loop that ends may close its channels without telling anybody.
        channels.close().awaitUninterruptibly(STOP_WAIT.toMillis());
        loops.disposeLater(Duration.ZERO, STOP_WAIT).block(STOP_WAIT.plusSeconds(1));
    }
}
