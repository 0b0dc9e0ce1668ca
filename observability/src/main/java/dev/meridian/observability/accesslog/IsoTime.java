package dev.meridian.observability.accesslog;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes {@code 2026-11-21T10:15:30.123Z}; what changes once a second is worked out once a second. Not thread-safe. */
final class IsoTime {

    private static final DateTimeFormatter TO_THE_SECOND =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.", Locale.ROOT);

    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    void append(long epochMillis, LineBuffer out) {
        long of = Math.floorDiv(epochMillis, 1000L);
        if (of != second) {
            text = LineBuffer.ascii(TO_THE_SECOND.format(LocalDateTime.ofEpochSecond(of, 0, ZoneOffset.UTC)));
            second = of;
        }
        int millis = (int) Math.floorMod(epochMillis, 1000L);
        out.add(text)
                .add((char) ('0' + millis / 100))
                .add((char) ('0' + millis / 10 % 10))
                .add((char) ('0' + millis % 10))
                .add('Z');
    }
}
