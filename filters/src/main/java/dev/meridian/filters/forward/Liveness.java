package dev.meridian.filters.forward;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;

/**
 * Asks the kernel whether a peer has closed a connection, although the event loop has not come to read that yet. Costs a
 * system call, so it is asked only where a request could not be repeated.
 */
final class Liveness {

    /** {@code TCP_ESTABLISHED} of Linux's {@code tcp_states.h}; with a FIN received it is {@code TCP_CLOSE_WAIT}. */
    private static final int ESTABLISHED = 1;

    private static final boolean EPOLL = hasEpoll();

    private Liveness() {}

    static boolean isOpen(Channel channel) {
        if (!channel.isActive()) {
            return false;
        }
        return !EPOLL || Epoll.isEstablished(channel);
    }

    private static boolean hasEpoll() {
        try {
            return io.netty.channel.epoll.Epoll.isAvailable();
        } catch (NoClassDefFoundError e) {
            return false;
        }
    }

    /** Loaded only where the classes are there. */
    private static final class Epoll {

        static boolean isEstablished(Channel channel) {
            if (!(channel instanceof EpollSocketChannel socket)) {
                return true;
            }
            EpollTcpInfo info = new EpollTcpInfo();
            socket.tcpInfo(info);
            return info.state() == ESTABLISHED;
        }
    }
}
