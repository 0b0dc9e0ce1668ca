package dev.meridian.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of 64 kB. Where none may be mounted, there is none: see {@link #mounted}. */
final class TinyDisk implements AutoCloseable {

    private static final int FULL = 64 * 1024;

    private final Path directory;
    private final boolean mounted;

    TinyDisk() {
        try {
            directory = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "disks")).toAbsolutePath(), "disk");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory.toString());
    }

    /** Whether this machine lets one be made. */
    boolean mounted() {
        return mounted;
    }

    Path directory() {
        return directory;
    }

    /** Leaves no room. */
    void fill() {
        try {
            Files.write(filler(), new byte[FULL]);
        } catch (IOException e) {
            // As far as it went, it is full now.
        }
    }

    /** Gives the room back. */
    void free() {
        try {
            Files.deleteIfExists(filler());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void readOnly(boolean readOnly) {
        if (!run("mount", "-o", "remount," + (readOnly ? "ro" : "rw"), directory.toString())) {
            throw new IllegalStateException("cannot be mounted anew: " + directory);
        }
    }

    private Path filler() {
        return directory.resolve("filler");
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        if (mounted) {
            run("umount", directory.toString());
        }
    }
}
