package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meridian.testkit.time.FakeTicker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTests {

    private final FakeTicker ticker = new FakeTicker();

    @TempDir
    Path directory = Path.of("");

    @Test
    void write_existingFile_isAppendedTo() throws IOException {
        Path file = Files.writeString(directory.resolve("access.log"), "before\n");
        try (LogFile log = LogFile.open(file, ticker)) {
            write(log, "a\nb\n");
            write(log, "c\n");
        }

        assertThat(file).hasContent("before\na\nb\nc\n");
    }

    @Test
    void open_missingDirectory_isMade() throws IOException {
        Path file = directory.resolve("logs/deep/access.log");
        try (LogFile log = LogFile.open(file, ticker)) {
            write(log, "a\n");
        }

        assertThat(file).hasContent("a\n");
    }

    @Test
    void open_aDirectory_fails() {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> LogFile.open(directory, ticker));
    }

    @Test
    void write_movedFile_goesOnInANewOneWithinASecond() throws IOException {
        Path file = directory.resolve("access.log");
        Path old = directory.resolve("access.log.1");
        try (LogFile log = LogFile.open(file, ticker)) {
            write(log, "a\n");
            Files.move(file, old);
            write(log, "b\n");
            ticker.advance(Duration.ofNanos(LogFile.CHECK_NANOS));
            write(log, "c\n");
        }

        assertThat(old).hasContent("a\nb\n");
        assertThat(file).hasContent("c\n");
    }

    @Test
    void write_fileThatWasReplaced_goesOnInTheOther() throws IOException {
        Path file = directory.resolve("access.log");
        try (LogFile log = LogFile.open(file, ticker)) {
            write(log, "a\n");
            Files.move(file, directory.resolve("access.log.1"));
            Files.writeString(file, "header\n");
            ticker.advance(Duration.ofSeconds(1));
            write(log, "b\n");
        }

        assertThat(file).hasContent("header\nb\n");
    }

    @Test
    void write_truncatedFile_goesOnAtItsStart() throws IOException {
        Path file = directory.resolve("access.log");
        try (LogFile log = LogFile.open(file, ticker)) {
            write(log, "a\n");
            Files.writeString(file, "");
            write(log, "b\n");
        }

        assertThat(file).hasContent("b\n");
    }

    @Test
    void write_directoryThatVanished_isMadeAgain() throws IOException {
        Path file = directory.resolve("logs/access.log");
        try (LogFile log = LogFile.open(file, ticker)) {
            write(log, "a\n");
            Files.delete(file);
            Files.delete(directory.resolve("logs"));
            ticker.advance(Duration.ofSeconds(1));
            write(log, "b\n");
        }

        assertThat(file).hasContent("b\n");
    }

    @Test
    void write_nameThatIsTakenByADirectory_failsUntilItIsFree() throws IOException {
        Path file = directory.resolve("access.log");
        try (LogFile log = LogFile.open(file, ticker)) {
            Files.delete(file);
            Files.createDirectory(file);
            ticker.advance(Duration.ofSeconds(1));
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(log, "lost\n"));
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(log, "lost\n"));
            Files.delete(file);
            write(log, "a\n");
        }

        assertThat(file).hasContent("a\n");
    }

    /** {@code /dev/full} takes the open, and refuses every byte. */
    @Test
    void write_fullDisk_failsAndThenBeginsANewLine() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        Path link = Files.createSymbolicLink(directory.resolve("access.log"), full);
        try (LogFile log = LogFile.open(link, ticker)) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(log, "lost\n"));
            Files.delete(link);
            write(log, "a\n");
            write(log, "b\n");
        }

        // The disk may have taken half a line before it was full.
        assertThat(link).hasContent("\na\nb\n");
    }

    private static void write(LogFile log, String text) throws IOException {
        byte[] bytes = (text + "not this").getBytes(StandardCharsets.UTF_8);
        log.write(bytes, text.length());
    }
}
