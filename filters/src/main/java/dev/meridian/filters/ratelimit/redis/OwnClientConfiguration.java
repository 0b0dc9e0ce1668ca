package dev.meridian.filters.ratelimit.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.tracing.Tracing;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * The application's own settings of the client, but for what a limit needs: no request may wait for a connection that is
 * gone, none may be counted again when it is back, and it must be back soon.
 */
final class OwnClientConfiguration implements LettuceClientConfiguration {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final Delay RECONNECT =
            Delay.exponential(Duration.ofMillis(50), Duration.ofMillis(500), 2, TimeUnit.MILLISECONDS);

    private final LettuceClientConfiguration application;
    private final ClientOptions options;
    private final ClientResources resources;

    OwnClientConfiguration(LettuceClientConfiguration application, boolean cluster, EventLoopGroupProvider loops) {
        this.application = application;
        this.options = options(application.getClientOptions().orElseGet(ClientOptions::create), cluster);
        this.resources = application
                .getClientResources()
                .map(ClientResources::mutate)
                .orElseGet(ClientResources::builder)
                .eventLoopGroupProvider(loops)
                .reconnectDelay(RECONNECT)
                .tracing(Tracing.disabled())
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
    }

    private static ClientOptions options(ClientOptions written, boolean cluster) {
        SocketOptions socket = written.getSocketOptions()
                .mutate()
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        if (!cluster) {
            return written.mutate()
                    .socketOptions(socket)
                    .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                    .replayFilter(command -> true)
                    .build();
        }
        ClusterClientOptions.Builder builder =
                written instanceof ClusterClientOptions own ? own.mutate() : ClusterClientOptions.builder(written);
        // Whoever is the master of a slot now is to be found within a second or so of a fail-over.
        builder.socketOptions(socket)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .enableAllAdaptiveRefreshTriggers()
                        .adaptiveRefreshTriggersTimeout(Duration.ofMillis(500))
                        .refreshTriggersReconnectAttempts(1)
                        .enablePeriodicRefresh(Duration.ofSeconds(10))
                        .build());
        builder.replayFilter(command -> true);
        return builder.build();
    }

    ClientResources resources() {
        return resources;
    }

    @Override
    public boolean isUseSsl() {
        return application.isUseSsl();
    }

    @Override
    public boolean isVerifyPeer() {
        return application.isVerifyPeer();
    }

    @Override
    public SslVerifyMode getVerifyMode() {
        return application.getVerifyMode();
    }

    @Override
    public boolean isStartTls() {
        return application.isStartTls();
    }

    @Override
    public Optional<ClientResources> getClientResources() {
        return Optional.of(resources);
    }

    @Override
    public Optional<ClientOptions> getClientOptions() {
        return Optional.of(options);
    }

    @Override
    public Optional<String> getClientName() {
        return application.getClientName();
    }

    /** What is counted is counted at the master. */
    @Override
    public Optional<ReadFrom> getReadFrom() {
        return Optional.empty();
    }

    @Override
    public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
        return application.getRedisCredentialsProviderFactory();
    }

    @Override
    public Duration getCommandTimeout() {
        return CONNECT_TIMEOUT;
    }

    @Override
    public Duration getShutdownTimeout() {
        return application.getShutdownTimeout();
    }

    @Override
    public Duration getShutdownQuietPeriod() {
        return application.getShutdownQuietPeriod();
    }
}
