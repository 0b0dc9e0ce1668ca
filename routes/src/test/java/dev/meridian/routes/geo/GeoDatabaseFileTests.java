package dev.meridian.routes.geo;

import static dev.meridian.routes.geo.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.testkit.geo.MmdbFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class GeoDatabaseFileTests {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final InetAddress CLIENT = address("203.0.113.1");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final GeoPoint NORTH = new GeoPoint(10, 0);
    private static final GeoPoint SOUTH = new GeoPoint(-10, 0);

    @TempDir
    Path directory;

    private Path path;
    private GeoDatabaseFile file;
    private final LogLines log = new LogLines(GeoDatabaseFile.class);

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("test.mmdb");
        write(NORTH, 0);
        file = GeoDatabaseFile.open(path);
    }

    @AfterEach
    void close() {
        file.close();
        await().atMost(SOON).until(() -> threads().isEmpty());
        log.close();
    }

    @Test
    void check_unchanged_readsNothing() {
        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(NORTH);
        assertThat(log.lines()).isEmpty();
    }

    @Test
    void check_newTime_readsTheFile() throws IOException {
        write(SOUTH, 1);
        assertThat(file.find(CLIENT)).isEqualTo(NORTH);

        file.check();
        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(SOUTH);
        assertThat(log.lines())
                .containsExactly("INFO Geo database: " + path + " read again, GeoLite2-City of 2023-11-14T22:13:20Z");
    }

    @Test
    void check_newSizeAtTheSameTime_readsTheFile() throws IOException {
        MmdbFile.builder()
                .city("203.0.113.0/24", -10, 0, "DE")
                .city("198.51.100.0/24", 5, 5, "FR")
                .writeTo(path);
        time(0);

        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(SOUTH);
    }

    @Test
    void check_olderFile_isReadAsWell() throws IOException {
        write(SOUTH, -1);

        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(SOUTH);
    }

    @Test
    void check_brokenFile_keepsTheOldOneAndWarnsOnce() throws IOException {
        Files.writeString(path, "no database");
        file.check();
        file.check();
        Files.writeString(path, "no database either");
        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(NORTH);
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith(
                        "WARN Geo database: " + path + " changed and is not used: Could not find a MaxMind DB metadata")
                .endsWith("; GeoLite2-City of 2023-11-14T22:13:20Z stays");

        write(SOUTH, 1);
        file.check();
        assertThat(file.find(CLIENT)).isEqualTo(SOUTH);

        Files.writeString(path, "no database again");
        file.check();
        assertThat(log.lines()).extracting(line -> line.substring(0, 4)).containsExactly("WARN", "INFO", "WARN");
    }

    @Test
    void check_removedFile_keepsTheOldOneUntilThereIsAnother() throws IOException {
        Files.delete(path);
        file.check();
        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(NORTH);
        assertThat(log.lines()).singleElement().asString().contains("is not used: there is no such file; ");

        write(SOUTH, 0);
        file.check();

        assertThat(file.find(CLIENT)).isEqualTo(SOUTH);
    }

    @Test
    void watch_checksUntilClosed() throws IOException {
        file.watch(Duration.ofMillis(10));
        write(SOUTH, 1);

        await().atMost(SOON).until(() -> SOUTH.equals(file.find(CLIENT)));
        assertThat(threads()).hasSize(1).allMatch(Thread::isDaemon);

        file.close();

        await().atMost(SOON).until(() -> threads().isEmpty());
        assertThat(file.find(CLIENT)).isEqualTo(SOUTH);
    }

    @Test
    void watch_afterABrokenFile_goesOn() throws IOException {
        file.watch(Duration.ofMillis(10));
        Files.writeString(path, "no database");
        await().atMost(SOON).until(() -> log.lines().size() == 1);
        write(SOUTH, 1);

        await().atMost(SOON).until(() -> SOUTH.equals(file.find(CLIENT)));
    }

    @Test
    void find_onAThreadThatMustNotBlock_isAllowed() {
        // The first look-up, with nothing prepared by another; BlockHound watches.
        assertThat(Mono.fromCallable(() -> file.find(CLIENT))
                        .subscribeOn(Schedulers.parallel())
                        .block(SOON))
                .isEqualTo(NORTH);
    }

    private void write(GeoPoint place, int second) throws IOException {
        Path next = MmdbFile.builder()
                .city("203.0.113.0/24", place.latitude(), place.longitude(), "DE")
                .writeTo(directory.resolve("next.mmdb"));
        Files.setLastModifiedTime(next, FileTime.from(START.plusSeconds(second)));
        Files.move(next, path, StandardCopyOption.REPLACE_EXISTING);
    }

    private void time(int second) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(START.plusSeconds(second)));
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(GeoDatabaseFile.THREAD))
                .toList();
    }
}
