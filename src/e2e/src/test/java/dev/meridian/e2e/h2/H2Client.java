package dev.meridian.e2e.h2;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** One HTTP/2 connection. Thread-safe. */
public final class H2Client implements AutoCloseable {

    private static final Duration WAIT = Duration.ofSeconds(10);

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<Http2FrameStream, H2Stream> streams = new ConcurrentHashMap<>();
    private final BlockingQueue<GoAway> goAways = new LinkedBlockingQueue<>();
    private final CountDownLatch ready = new CountDownLatch(1);
    private final String scheme;
    private final Receiver receiver = new Receiver();
    private final Channel channel;

    /**
     * That the server takes no more streams.
     *
     * @param lastStream the last one that it takes
     * @param error as in RFC 9113 §7
     */
    public record GoAway(int lastStream, long error) {}

    private H2Client(int port, @Nullable SslContext tls) {
        scheme = tls == null ? "http" : "https";
        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings().initialWindowSize(1024 * 1024))
                .build();
        channel = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        if (tls != null) {
                            ch.pipeline().addLast(tls.newHandler(ch.alloc(), "localhost", port));
                        }
                        ch.pipeline().addLast(codec, receiver);
                    }
                })
                .connect(new InetSocketAddress("127.0.0.1", port))
                .syncUninterruptibly()
                .channel();
        await(ready, "the server's SETTINGS");
    }

    /** In clear text, by prior knowledge. */
    public static H2Client cleartext(int port) {
        return new H2Client(port, null);
    }

    /** Over TLS, by ALPN. */
    public static H2Client tls(int port, TrustManagerFactory trust) {
        try {
            SslContext context = SslContextBuilder.forClient()
                    .trustManager(trust)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            "h2"))
                    .build();
            return new H2Client(port, context);
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A new stream, not begun yet. */
    public H2Stream stream() {
        return new H2Stream(this, receiver.newStream());
    }

    /** A GET that has been sent. */
    public H2Stream get(String path) {
        return stream().headers("GET", path, true);
    }

    /** Waits for a GOAWAY. */
    public GoAway awaitGoAway() {
        return take(goAways, WAIT, "GOAWAY");
    }

    /** Whether the server has closed the connection within this time. */
    public boolean closedWithin(Duration most) {
        return channel.closeFuture().awaitUninterruptibly(most.toMillis());
    }

    String scheme() {
        return scheme;
    }

    Channel channel() {
        return channel;
    }

    void register(Http2FrameStream frameStream, H2Stream stream) {
        streams.put(frameStream, stream);
    }

    static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(what + ": none after " + WAIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    static <T> T take(BlockingQueue<T> from, Duration most, String what) {
        try {
            T next = from.poll(most.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError(what + ": none after " + most, new TimeoutException());
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private final class Receiver extends Http2ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            try {
                if (msg instanceof Http2SettingsFrame) {
                    ready.countDown();
                } else if (msg instanceof Http2GoAwayFrame goAway) {
                    goAways.add(new GoAway(goAway.lastStreamId(), goAway.errorCode()));
                } else if (msg instanceof Http2HeadersFrame headers) {
                    stream(headers.stream()).onHeaders(headers.headers(), headers.isEndStream());
                } else if (msg instanceof Http2DataFrame data) {
                    byte[] bytes = io.netty.buffer.ByteBufUtil.getBytes(data.content());
                    stream(data.stream()).onData(bytes, data.isEndStream());
                    ctx.writeAndFlush(
                            new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
                } else if (msg instanceof Http2ResetFrame reset) {
                    stream(reset.stream()).onReset(reset.errorCode());
                }
            } finally {
                ReferenceCountUtil.release(msg);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            streams.values().forEach(stream -> stream.onClosed(cause.toString()));
            ctx.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            streams.values().forEach(stream -> stream.onClosed("connection closed"));
        }

        private H2Stream stream(@Nullable Http2FrameStream of) {
            H2Stream stream = of == null ? null : streams.get(of);
            if (stream == null) {
                throw new IllegalStateException("stream: unknown (expected: one that was begun)");
            }
            return stream;
        }
    }

    static io.netty.buffer.ByteBuf buffer(byte[] bytes) {
        return Unpooled.wrappedBuffer(bytes);
    }
}
