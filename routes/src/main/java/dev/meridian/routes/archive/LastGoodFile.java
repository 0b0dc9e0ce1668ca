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
 * <p>A first line of {@code meridian-config 1 CHECKSUM SAVED [HELD-AGAINST]}, then the configuration in JSON. The checksum is
 * of all that comes after it.
 */
final class LastGoodFile {

    static final String NAME = "last-good-config";

    private static final String HEAD = "meridian-config 1 ";
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
                content.writeBytes(ascii(lastGood.saved() + held(lastGood) + "\n"));
                lastGood.config().writeTo(content);
                out.write(ascii(HEAD + checksum(ByteBuffer.wrap(content.toByteArray())) + " "));
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

    private static String held(LastGood lastGood) {
        return lastGood.heldAgainst().isEmpty() ? "" : " " + lastGood.heldAgainst();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
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
        int begin = after(bytes, ' ', HEAD.length());
        String head = new String(bytes, 0, begin, StandardCharsets.US_ASCII);
        if (!head.startsWith(HEAD)) {
            throw new IOException(file + " holds no configuration that this version can read");
        }
        if (!head.equals(HEAD + checksum(ByteBuffer.wrap(bytes, begin, bytes.length - begin)) + " ")) {
            throw new IOException(file + " is damaged: its checksum is not the one it was written with");
        }
        int from = after(bytes, '\n', begin);
        String[] line = new String(bytes, begin, from - begin, StandardCharsets.US_ASCII)
                .strip()
                .split(" ");
        try {
            return new LastGood(
                    StoredConfig.read(new ByteArrayInputStream(bytes, from, bytes.length - from)),
                    Instant.parse(line[0]),
                    line.length > 1 ? line[1] : "");
        } catch (DateTimeException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    /** The place after the next of these; the end where there is none. */
    private static int after(byte[] bytes, char mark, int from) {
        int at = Math.min(from, bytes.length);
        while (at < bytes.length) {
            if (bytes[at++] == mark) {
                break;
            }
        }
        return at;
    }
}
