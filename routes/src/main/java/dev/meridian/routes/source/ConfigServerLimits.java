package dev.meridian.routes.source;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What is read of a config server: no more than a gateway's memory bears, and no longer than anyone should wait. */
final class ConfigServerLimits extends FilterInputStream {

    static final long MOST = 32L << 20;
    static final Duration LONGEST = Duration.ofSeconds(60);

    private final LongSupplier nanoTime;
    private final long begin;
    private long read;

    ConfigServerLimits(InputStream in, LongSupplier nanoTime) {
        super(in);
        this.nanoTime = nanoTime;
        this.begin = nanoTime.getAsLong();
    }

    @Override
    public int read() throws IOException {
        int got = super.read();
        check(got < 0 ? 0 : 1);
        return got;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        int got = super.read(into, from, length);
        check(Math.max(got, 0));
        return got;
    }

    private void check(int more) throws IOException {
        read += more;
        if (read > MOST) {
            throw new IOException("The config server's answer is longer than " + (MOST >> 20) + " MB");
        }
        if (nanoTime.getAsLong() - begin > LONGEST.toNanos()) {
            throw new IOException("The config server's answer takes longer than " + LONGEST.toSeconds() + " s");
        }
    }
}
