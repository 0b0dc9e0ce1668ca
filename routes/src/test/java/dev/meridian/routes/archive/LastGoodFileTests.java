package dev.meridian.routes.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodFileTests {

    @TempDir
    private Path home;

    private LastGoodFile file() {
        return new LastGoodFile(home);
    }

    private LastGood read() throws IOException {
        return Objects.requireNonNull(file().read());
    }

    @Test
    void read_isWhatWasWritten() throws IOException {
        StoredConfig config = Read.stored("a: 1\nb: [x, y]");
        file().write(new LastGood(config, Read.TIME, "cafe"));

        assertThat(read().config().hash()).isEqualTo(config.hash());
        assertThat(read().saved()).isEqualTo(Read.TIME);
        assertThat(read().heldAgainst()).isEqualTo("cafe");
    }

    @Test
    void read_notHeld_saysSo() throws IOException {
        file().write(Read.lastGood("a: 1"));

        assertThat(read().heldAgainst()).isEmpty();
    }

    @Test
    void read_nothingThere_isNull() throws IOException {
        assertThat(file().read()).isNull();
        assertThat(new LastGoodFile(home.resolve("nowhere")).read()).isNull();
    }

    @Test
    void write_takesThePlaceOfTheOneBeforeAndLeavesNothingElse() throws IOException {
        file().write(Read.lastGood("a: 1"));
        file().write(Read.lastGood("a: 2"));

        assertThat(read().config().hash()).isEqualTo(Read.stored("a: 2").hash());
        assertThat(home).isDirectoryNotContaining(path -> !path.equals(file().path()));
    }

    @Test
    void write_makesTheDirectory() throws IOException {
        LastGoodFile deep = new LastGoodFile(home.resolve("a/b"));
        deep.write(Read.lastGood("a: 1"));

        assertThat(deep.read()).isNotNull();
    }

    @Test
    void write_afterOneThatBrokeOff_succeeds() throws IOException {
        Files.writeString(home.resolve(LastGoodFile.NAME + ".tmp"), "half");
        file().write(Read.lastGood("a: 1"));

        assertThat(read().config().sources()).hasSize(1);
    }

    @Test
    void write_onlyTheOwnerMayRead() throws IOException {
        file().write(Read.lastGood("password: secret"));

        assertThat(Files.getPosixFilePermissions(file().path()))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void write_notPossible_leavesTheOneBefore() throws IOException {
        file().write(Read.lastGood("a: 1"));
        // Root may write everywhere, but not a file in the place of a directory that has something in it.
        Path inTheWay = Files.createDirectory(home.resolve(LastGoodFile.NAME + ".tmp"));
        Files.createFile(inTheWay.resolve("x"));

        assertThatThrownBy(() -> file().write(Read.lastGood("a: 2"))).isInstanceOf(IOException.class);
        assertThat(read().config().hash()).isEqualTo(Read.stored("a: 1").hash());
    }

    @Test
    void write_whereAFileIs_fails() throws IOException {
        Path taken = Files.createFile(home.resolve("taken"));

        assertThatThrownBy(() -> new LastGoodFile(taken).write(Read.lastGood("a: 1")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("taken");
        assertThatThrownBy(() -> new LastGoodFile(taken.resolve("below")).write(Read.lastGood("a: 1")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void read_damagedAnywhere_isRefused() throws IOException {
        file().write(Read.lastGood("a: 12345"));
        byte[] whole = Files.readAllBytes(file().path());

        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file().path(), damaged);
            assertThatThrownBy(() -> file().read())
                    .as("byte %d", at)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(LastGoodFile.NAME);
        }
    }

    @Test
    void read_truncatedAnywhere_isRefused() throws IOException {
        file().write(Read.lastGood("a: 12345"));
        byte[] whole = Files.readAllBytes(file().path());

        for (int length = 0; length < whole.length; length++) {
            Files.write(file().path(), java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> file().read())
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(LastGoodFile.NAME);
        }
    }

    @Test
    void read_otherFormat_isRefused() throws IOException {
        file().write(Read.lastGood("a: 1"));
        Files.writeString(
                file().path(), Files.readString(file().path()).replace("meridian-config 1 ", "meridian-config 2 "));

        assertThatThrownBy(() -> file().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no configuration that this version can read");
    }
}
