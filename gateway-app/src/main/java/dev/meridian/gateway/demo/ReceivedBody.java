package dev.meridian.gateway.demo;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A request's body: counted whole, kept only in its beginning, so that an upload of any size can be tried. */
final class ReceivedBody {

    private static final int KEPT_BYTES = 1024;

    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();
    private long bytes;

    ReceivedBody add(ByteBuf part) {
        byte[] kept = new byte[Math.min(part.readableBytes(), KEPT_BYTES - beginning.size())];
        part.getBytes(part.readerIndex(), kept);
        beginning.writeBytes(kept);
        bytes += part.readableBytes();
        return this;
    }

    long bytes() {
        return bytes;
    }

    String beginning() {
        return beginning.toString(StandardCharsets.UTF_8);
    }
}
