package dev.meridian.filters.ratelimit.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.util.Arrays;

/** An answer of whole numbers, without a box around each. */
final class NumbersOutput extends CommandOutput<byte[], byte[], long[]> {

    private int size;

    NumbersOutput() {
        super(ByteArrayCodec.INSTANCE, new long[0]);
    }

    @Override
    public void multi(int count) {
        output = new long[Math.max(0, count)];
    }

    @Override
    public void set(long number) {
        if (size == output.length) {
            output = Arrays.copyOf(output, size + 1);
        }
        output[size++] = number;
    }
}
