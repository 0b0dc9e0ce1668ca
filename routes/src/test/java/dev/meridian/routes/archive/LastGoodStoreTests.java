package dev.meridian.routes.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.routes.geo.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodStoreTests {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(20);

    @AutoClose
    private final LogLines log = new LogLines(LastGoodStore.class);

    @TempDir
    private Path home;

    private String onDisk() throws IOException {
        return Objects.requireNonNull(new LastGoodFile(home.resolve("state")).read())
                .config()
                .hash();
    }

    private LastGoodStore store(Duration retry) {
        return new LastGoodStore(home.resolve("state"), retry);
    }

    private void putInTheWay() throws IOException {
        Files.createFile(home.resolve("state"));
    }

    private void clearTheWay() throws IOException {
        Files.delete(home.resolve("state"));
    }

    @Test
    void save_isWrittenSoon() {
        try (LastGoodStore store = store(NEVER)) {
            assertThat(store.saved()).isNull();
            LastGood lastGood = Read.lastGood("a: 1");
            store.save(lastGood);

            await().until(() -> store.saved() == lastGood);
            assertThat(store.failure()).isEmpty();
        }
    }

    @Test
    void close_writesTheNewest() throws IOException {
        LastGoodStore store = store(NEVER);
        for (int i = 0; i <= 50; i++) {
            store.save(Read.lastGood("a: " + i));
        }
        store.close();

        assertThat(onDisk()).isEqualTo(Read.stored("a: 50").hash());
    }

    @Test
    void failure_isToldOnce() throws IOException {
        putInTheWay();
        try (LastGoodStore store = store(SOON)) {
            store.save(Read.lastGood("a: 1"));
            await().until(() -> !store.failure().isEmpty());
            store.save(Read.lastGood("a: 2"));
            store.save(Read.lastGood("a: 3"));
        }

        assertThat(log.lines()).singleElement().asString().startsWith("WARN").contains("cannot be saved", "state");
    }

    @Test
    void failure_endsWithTheNextThatCanBeWritten() throws IOException {
        putInTheWay();
        try (LastGoodStore store = store(NEVER)) {
            store.save(Read.lastGood("a: 1"));
            await().until(() -> !store.failure().isEmpty());
            assertThat(store.saved()).isNull();

            clearTheWay();
            store.save(Read.lastGood("a: 2"));

            await().until(() -> store.failure().isEmpty());
            assertThat(onDisk()).isEqualTo(Read.stored("a: 2").hash());
        }
    }

    @Test
    void failure_isTriedAgainByItself() throws IOException {
        putInTheWay();
        try (LastGoodStore store = store(SOON)) {
            store.save(Read.lastGood("a: 1"));
            await().until(() -> !store.failure().isEmpty());

            clearTheWay();

            await().until(() -> store.failure().isEmpty());
            assertThat(onDisk()).isEqualTo(Read.stored("a: 1").hash());
            assertThat(log.lines()).hasSize(2).last().asString().contains("saved", "again");
        }
    }

    @Test
    void close_whileItCannotWrite_ends() throws IOException {
        putInTheWay();
        LastGoodStore store = store(NEVER);
        store.save(Read.lastGood("a: 1"));
        await().until(() -> !store.failure().isEmpty());

        long from = System.nanoTime();
        store.close();
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
    }
}
