package dev.meridian.routes.geo;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A database that follows its file. A thread of its own looks at the file's time and size and reads it when they change;
 * what cannot be read changes nothing, and is said once until the file is good again. Thread-safe.
 */
final class GeoDatabaseFile implements AutoCloseable {

    static final String THREAD = "meridian-geo-database";

    private static final Logger log = LoggerFactory.getLogger(GeoDatabaseFile.class);

    private final Path path;
    private volatile GeoDatabase current;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, THREAD);
        thread.setDaemon(true);
        return thread;
    });

    // The timer's own, once it runs.
    private @Nullable Stamp seen;
    private boolean broken;

    private GeoDatabaseFile(Path path, @Nullable Stamp seen, GeoDatabase current) {
        this.path = path;
        this.seen = seen;
        this.current = current;
    }

    /** @throws IOException with a message for the operator where the file cannot be read or is no database of places */
    static GeoDatabaseFile open(Path path) throws IOException {
        // Before the content: a change that comes in between is seen again, not lost.
        Stamp stamp = Stamp.of(path);
        return new GeoDatabaseFile(path, stamp, GeoDatabase.open(path));
    }

    GeoDatabaseFile watch(Duration interval) {
        timer.scheduleWithFixedDelay(this::check, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        return this;
    }

    @Nullable
    GeoPoint find(InetAddress address) {
        return current.find(address);
    }

    /** Reads the file if it changed; for the timer, and for tests that start none. */
    void check() {
        Stamp stamp = Stamp.of(path);
        if (stamp != null && stamp.equals(seen)) {
            return;
        }
        try {
            GeoDatabase database = GeoDatabase.open(path);
            current = database;
            seen = stamp;
            broken = false;
            log.info("Geo database: {} read again, {}", path, database);
        } catch (IOException | RuntimeException e) {
            // A file may become readable without a change of its time; broken content stays so until it changes.
            seen = Files.isReadable(path) ? stamp : null;
            if (!broken) {
                broken = true;
                log.warn("Geo database: {} changed and is not used: {}; {} stays", path, e.getMessage(), current);
            }
        }
    }

    /** Look-ups go on, with what was read last. */
    @Override
    public void close() {
        timer.shutdown();
    }

    /** What changes with a file's content. */
    private record Stamp(FileTime modified, long size) {

        /** @return {@code null} where there is no file, or none that can be seen */
        static @Nullable Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(attributes.lastModifiedTime(), attributes.size());
            } catch (IOException e) {
                return null;
            }
        }
    }
}
