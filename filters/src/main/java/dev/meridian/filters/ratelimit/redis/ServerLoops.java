package dev.meridian.filters.ratelimit.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Has Redis' connections live on the server's own event loops: an answer need not be carried from one thread to another, and
 * there are no threads beside. The loops are the server's to end.
 */
final class ServerLoops implements EventLoopGroupProvider {

    private final EventLoopGroup loops;

    ServerLoops(EventLoopGroup loops) {
        this.loops = loops;
    }

    @Override
    @SuppressWarnings("unchecked") // the type is a hint at the transport, and the loops are of the native one
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return (T) loops;
    }

    @Override
    public int threadPoolSize() {
        int count = 0;
        for (Object ignored : loops) {
            count++;
        }
        return count;
    }

    @Override
    public Future<Boolean> release(EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
        return GlobalEventExecutor.INSTANCE.newSucceededFuture(true);
    }
}
