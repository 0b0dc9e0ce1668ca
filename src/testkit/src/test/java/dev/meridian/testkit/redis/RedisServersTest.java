package dev.meridian.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.testkit.client.RawClient;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RedisServersTest {

    @Test
    void aSingleServerAnswersAndComesBackEmpty() {
        try (RedisServers redis = RedisServers.single()) {
            try (RawClient client = RawClient.connect(redis.port())) {
                assertThat(client.send("PING\r\n").readBytes(7))
                        .asString(StandardCharsets.US_ASCII)
                        .isEqualTo("+PONG\r\n");
            }
            assertThat(redis.command("SET", "key", "value")).isEqualTo("OK");
            assertThat(redis.command("GET", "key")).isEqualTo("value");

            redis.stop();
            assertThatThrownBy(() -> redis.command("PING")).isInstanceOf(UncheckedIOException.class);

            redis.restart();
            assertThat(redis.command("GET", "key")).isNull();
        }
    }

    @Test
    void aFrozenServerAnswersWhenItIsThawed() {
        try (RedisServers redis = RedisServers.single()) {
            redis.command("SET", "key", "value");
            redis.freeze();
            CompletableFuture<Object> answer = CompletableFuture.supplyAsync(() -> redis.command("GET", "key"));
            assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            redis.thaw();
            assertThat(answer.join()).isEqualTo("value");
            redis.freeze();
        }
    }

    @Test
    void aReplicaTakesOverFromItsMaster() {
        try (RedisServers redis = RedisServers.clusterWithReplicas()) {
            assertThat(redis.addresses()).hasSize(6);
            redis.stop(0);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> String.valueOf(redis.command(3, "ROLE")).startsWith("[master"));
        }
    }

    @Test
    void aClusterSharesTheSlots() {
        try (RedisServers redis = RedisServers.cluster()) {
            assertThat(redis.addresses()).hasSize(3).doesNotHaveDuplicates();
            assertThat(String.valueOf(redis.command("CLUSTER", "INFO")))
                    .contains("cluster_state:ok", "cluster_slots_ok:16384", "cluster_size:3");
        }
    }
}
