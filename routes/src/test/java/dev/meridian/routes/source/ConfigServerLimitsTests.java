package dev.meridian.routes.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.testkit.time.FakeTicker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConfigServerLimitsTests {

    private final FakeTicker clock = new FakeTicker();

    private ConfigServerLimits limits(InputStream in) {
        return new ConfigServerLimits(in, clock);
    }

    /** So many zeros. */
    private static InputStream zeros(long count) {
        return new InputStream() {

            private long left = count;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] into, int from, int length) {
                if (left <= 0) {
                    return -1;
                }
                int got = (int) Math.min(length, left);
                left -= got;
                return got;
            }
        };
    }

    @Test
    void read_asMuchAsIsAllowed() throws IOException {
        assertThat(limits(zeros(ConfigServerLimits.MOST)).transferTo(OutputStream.nullOutputStream()))
                .isEqualTo(ConfigServerLimits.MOST);
    }

    @Test
    void read_tooMuch_fails() {
        assertThatThrownBy(() -> limits(zeros(ConfigServerLimits.MOST + 1)).transferTo(OutputStream.nullOutputStream()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void read_byteByByte_countsAsWell() throws IOException {
        ConfigServerLimits in = limits(zeros(ConfigServerLimits.MOST + 1));
        in.readNBytes(new byte[(int) ConfigServerLimits.MOST], 0, (int) ConfigServerLimits.MOST);

        assertThatThrownBy(in::read).hasMessageContaining("longer than");
    }

    @Test
    void read_theEnd_isNotCounted() throws IOException {
        ConfigServerLimits in = limits(new ByteArrayInputStream(new byte[] {7}));

        assertThat(in.read()).isEqualTo(7);
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.read(new byte[2], 0, 2)).isEqualTo(-1);
    }

    @Test
    void read_takesTooLong_fails() throws IOException {
        ConfigServerLimits in = limits(zeros(100));
        clock.advance(ConfigServerLimits.LONGEST);
        assertThat(in.read()).isZero();

        clock.advance(Duration.ofNanos(1));
        assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("takes longer than");
    }
}
