package dev.meridian.observability.accesslog;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A file that is appended to. Rotation needs no signal: whether the name still leads to the open file is looked up once a
 * second, and where it does not, a new one is made.
 */
final class LogFile implements LogSink {

    static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path file;
    private final LongSupplier ticker;
    private @Nullable OutputStream out;
    private @Nullable Object key;
    private long checkedAt;
    /** A write has failed, so the last line may have no end. */
    private boolean torn;

    private LogFile(Path file, LongSupplier ticker) {
        this.file = file;
        this.ticker = ticker;
    }

    /** Opens the file, whose directory is made where it is missing. */
    static LogFile open(Path file, LongSupplier ticker) throws IOException {
        LogFile opened = new LogFile(file, ticker);
        opened.open();
        return opened;
    }

    @Override
    public void write(byte[] lines, int length) throws IOException {
        long now = ticker.getAsLong();
        if (out != null && now - checkedAt >= CHECK_NANOS) {
            checkedAt = now;
            if (isMoved()) {
                close();
            }
        }
        OutputStream to = out == null ? open() : out;
        try {
            if (torn) {
                to.write('\n');
                torn = false;
            }
            to.write(lines, 0, length);
        } catch (IOException e) {
            torn = true;
            close();
            throw e;
        }
    }

    private OutputStream open() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        OutputStream opened = new FileOutputStream(file.toFile(), true);
        out = opened;
        key = key();
        checkedAt = ticker.getAsLong();
        return opened;
    }

    private boolean isMoved() throws IOException {
        try {
            return !Objects.equals(key, key());
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /** Device and inode; {@code null} where the file system has no such thing. */
    private @Nullable Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    @Override
    public void close() {
        OutputStream closing = out;
        out = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException e) {
                torn = true; // the next line goes into a new or a reopened file, on a line of its own
            }
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
