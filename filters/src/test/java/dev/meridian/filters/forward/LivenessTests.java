package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LivenessTests {

    @Test
    void isOpen_closedHere_isFalse() {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThat(Liveness.isOpen(channel)).isTrue();

        channel.close();

        assertThat(Liveness.isOpen(channel)).isFalse();
    }

    /** The peer's close has arrived, and nobody has read it yet. */
    @Test
    void isOpen_closedByThePeer_isFalseBeforeTheLoopHasSeenIt() throws Exception {
        assumeTrue(Epoll.isAvailable(), "native transport");
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (ServerSocket server = new ServerSocket(0)) {
            Channel channel = new Bootstrap()
                    .group(loop)
                    .channel(EpollSocketChannel.class)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect("127.0.0.1", server.getLocalPort())
                    .syncUninterruptibly()
                    .channel();
            Socket peer = server.accept();
            assertThat(Liveness.isOpen(channel)).isTrue();
            AtomicBoolean busy = new AtomicBoolean(true);
            AtomicLong turns = new AtomicLong();
            loop.execute(() -> {
                while (busy.get()) {
                    turns.incrementAndGet();
                }
            });
            await().until(() -> turns.get() > 0);

            peer.close();

            await().atMost(Duration.ofSeconds(5)).until(() -> !Liveness.isOpen(channel));
            assertThat(channel.isActive()).as("as far as the loop knows").isTrue();
            busy.set(false);
            channel.close().syncUninterruptibly();
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
