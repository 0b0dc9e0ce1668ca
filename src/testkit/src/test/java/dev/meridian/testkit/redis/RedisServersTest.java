package dev.meridian.testkit.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.testkit.client.RawClient;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
    void aClusterSharesTheSlots() {
        try (RedisServers redis = RedisServers.cluster()) {
            assertThat(redis.addresses()).hasSize(3).doesNotHaveDuplicates();
            assertThat(String.valueOf(redis.command("CLUSTER", "INFO")))
                    .contains("cluster_state:ok", "cluster_slots_ok:16384", "cluster_size:3");
        }
    }
}
