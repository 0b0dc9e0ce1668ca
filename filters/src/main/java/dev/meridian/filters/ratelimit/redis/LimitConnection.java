package dev.meridian.filters.ratelimit.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import reactor.core.scheduler.Scheduler;

/**
 * The connection that counting goes over: to the Redis that the application is set up for, be it one, a sentinel's master or
 * a cluster, but with {@link OwnClientConfiguration options of its own}. Thread-safe.
 */
final class LimitConnection implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LimitConnection.class);
    private static final String ONLY = "redis";
    private static final long SHUTDOWN_SECONDS = 2;

    private final LettuceConnectionFactory factory;
    private final ClientResources resources;
    private final Scheduler blocking;
    private final AtomicBoolean connecting = new AtomicBoolean();
    private volatile @Nullable StatefulConnection<byte[], byte[]> connection;
    private volatile boolean closed;

    /** @param blocking where connecting may wait */
    LimitConnection(LettuceConnectionFactory application, EventLoopGroupProvider loops, Scheduler blocking) {
        this.blocking = blocking;
        RedisConfiguration place = place(application);
        OwnClientConfiguration own =
                new OwnClientConfiguration(application.getClientConfiguration(), application.isClusterAware(), loops);
        this.resources = own.resources();
        this.factory = new LettuceConnectionFactory(place, own);
        factory.setEagerInitialization(false);
        factory.afterPropertiesSet();
        factory.start();
    }

    private static RedisConfiguration place(LettuceConnectionFactory application) {
        List<@Nullable RedisConfiguration> places = Arrays.asList(
                application.getClusterConfiguration(),
                application.isRedisSentinelAware() ? application.getSentinelConfiguration() : null,
                application.getSocketConfiguration());
        for (RedisConfiguration each : places) {
            if (each != null) {
                return each;
            }
        }
        return application.getStandaloneConfiguration();
    }

    /** The connection, {@code null} where there is none yet; then one is begun to be made. */
    @Nullable
    StatefulConnection<byte[], byte[]> get() {
        StatefulConnection<byte[], byte[]> known = connection;
        if (known == null && !closed && connecting.compareAndSet(false, true)) {
            blocking.schedule(this::connect);
        }
        return known;
    }

    private void connect() {
        try {
            AbstractRedisClient client = factory.getRequiredNativeClient();
            StatefulConnection<byte[], byte[]> made = client instanceof RedisClusterClient cluster
                    ? cluster.connect(ByteArrayCodec.INSTANCE)
                    : ((RedisClient) client).connect(ByteArrayCodec.INSTANCE);
            connection = made;
            if (closed) {
                made.closeAsync();
            }
        } catch (RedisException e) {
            log.debug("No connection to Redis", e);
        } finally {
            connecting.set(false);
        }
    }

    /**
     * Looks anew for who counts. A peer that has gone without a word leaves its connection open for minutes, while its address
     * or its successor may be there already.
     */
    void renew() {
        StatefulConnection<byte[], byte[]> known = connection;
        if (known == null) {
            return;
        }
        if (factory.getNativeClient() instanceof RedisClusterClient cluster) {
            cluster.refreshPartitionsAsync();
        } else {
            connection = null;
            known.closeAsync();
        }
    }

    /** Which Redis has a key, in words that stay the same as long as it does. */
    String node(byte[] key) {
        AbstractRedisClient client = factory.getNativeClient();
        if (client instanceof RedisClusterClient cluster && connection != null) {
            RedisClusterNode node = cluster.getPartitions().getMasterBySlot(SlotHash.getSlot(key));
            return node == null ? ONLY : node.getNodeId();
        }
        return ONLY;
    }

    @Override
    public void close() {
        closed = true;
        // Ends its connections too.
        factory.destroy();
        resources.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
}
