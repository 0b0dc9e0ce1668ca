package dev.meridian.routes.archive;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The last good configuration on disk: one file that is there whole or not at all, whatever happens while it is written,
 * and that tells whether it was damaged since. Only its owner may read it, for configurations hold secrets.
 *
 * <p>A first line of {@code meridian-config 1 CHECKSUM SAVED [HELD-AGAINST]}, then the configuration in JSON.
 */
final class LastGoodFile {

    static final String NAME = "last-good-config";

    private static final String KIND = "meridian-config";
    private static final String FORMAT = "1";
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path directory;
    private final Path file;

    /** @param directory made if need be */
    LastGoodFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
    }

    Path path() {
        return file;
    }

    /** @throws IOException where it cannot be written; then the one before is still there */
    void write(LastGood lastGood) throws IOException {
        Files.createDirectories(directory);
        Path next = directory.resolve(NAME + ".tmp");
        Files.deleteIfExists(next);
        try {
            createForOwner(next);
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                lastGood.config().writeTo(content);
                out.write(header(lastGood, content.toByteArray()).getBytes(StandardCharsets.US_ASCII));
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static void createForOwner(Path path) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER));
        } else {
            Files.createFile(path);
        }
    }

    private static String header(LastGood lastGood, byte[] content) {
        String held = lastGood.heldAgainst().isEmpty() ? "" : " " + lastGood.heldAgainst();
        return KIND + " " + FORMAT + " " + checksum(ByteBuffer.wrap(content)) + " " + lastGood.saved() + held + "\n";
    }

    private static String checksum(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content);
        return Long.toHexString(crc.getValue());
    }

    /**
     * @return {@code null} where there is none
     * @throws IOException where it cannot be read, or is damaged
     */
    @Nullable
    LastGood read() throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        byte[] bytes = Files.readAllBytes(file);
        int end = 0;
        while (end < bytes.length && bytes[end] != '\n') {
            end++;
        }
        String[] header = new String(bytes, 0, end, StandardCharsets.US_ASCII).split(" ");
        if (header.length < 4 || !header[0].equals(KIND) || !header[1].equals(FORMAT)) {
            throw new IOException(file + " holds no configuration that this version can read");
        }
        int from = Math.min(end + 1, bytes.length);
        if (!checksum(ByteBuffer.wrap(bytes, from, bytes.length - from)).equals(header[2])) {
            throw new IOException(file + " is damaged: its checksum is not the one it was written with");
        }
        try {
            return new LastGood(
                    StoredConfig.read(new ByteArrayInputStream(bytes, from, bytes.length - from)),
                    Instant.parse(header[3]),
                    header.length > 4 ? header[4] : "");
        } catch (DateTimeException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }
}
