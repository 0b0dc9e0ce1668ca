package dev.meridian.routes.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileProbeTests {

    @TempDir
    private Path home;

    private Path directory;
    private Path file;

    @BeforeEach
    void files() throws IOException {
        directory = Files.createDirectory(home.resolve("config"));
        file = Files.writeString(directory.resolve("gateway.yml"), "a: 1");
    }

    private static FileProbe of(Path directory) {
        return new FileProbe(() -> new ConfigFiles(List.of(directory), List.of()));
    }

    private String look() throws IOException {
        return of(directory).look();
    }

    @Test
    void look_nothingHasChanged_isTheSame() throws IOException {
        assertThat(look()).isEqualTo(look()).contains("gateway.yml");
    }

    @Test
    void look_editedInPlace() throws IOException {
        String before = look();
        Files.writeString(file, "a: 22");
        assertThat(look()).isNotEqualTo(before);

        before = look();
        Files.writeString(file, "a: 33");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(look()).isNotEqualTo(before);
    }

    @Test
    void look_replacedNewAndRemoved() throws IOException {
        String before = look();
        Path other = Files.writeString(directory.resolve("more.properties"), "b=1");
        String more = look();
        assertThat(more).isNotEqualTo(before);

        Files.move(
                Files.writeString(home.resolve("next"), "b=123"),
                other,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(look()).isNotEqualTo(more);

        Files.delete(other);
        assertThat(look()).isEqualTo(before);
        Files.delete(file);
        assertThat(look()).isEmpty();
    }

    @Test
    void look_onlyAtConfiguration() throws IOException {
        String before = look();
        Files.writeString(directory.resolve("notes.txt"), "x");
        Files.writeString(directory.resolve(".gateway.yml.swp"), "x");
        Files.writeString(Files.createDirectory(directory.resolve("below")).resolve("other.yml"), "x");

        assertThat(look()).isEqualTo(before);
    }

    @Test
    void look_noDirectory_isNothing() throws IOException {
        assertThat(of(home.resolve("nowhere")).look()).isEmpty();
    }

    @Test
    void look_linkThatLeadsNowhere_isNotHeldAgainstIt() throws IOException {
        String before = look();
        Files.createSymbolicLink(directory.resolve("dangling.yml"), home.resolve("nowhere.yml"));

        assertThat(look()).contains(before, "dangling.yml gone");
    }

    /** As the kubelet does it: files are links into {@code ..data}, which is a link to a directory with a time in its name. */
    @Test
    void look_mountedByKubernetes() throws IOException {
        Path mount = Files.createDirectory(home.resolve("mount"));
        Path one = Files.createDirectory(mount.resolve("..2026_01"));
        Path two = Files.createDirectory(mount.resolve("..2026_02"));
        FileTime time = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(Files.writeString(one.resolve("gateway.yml"), "a: 1"), time);
        Files.setLastModifiedTime(Files.writeString(two.resolve("gateway.yml"), "a: 2"), time);
        Files.createSymbolicLink(mount.resolve("..data"), one.getFileName());
        Files.createSymbolicLink(mount.resolve("gateway.yml"), Path.of("..data", "gateway.yml"));
        String before = of(mount).look();
        String beforeInside = of(mount.resolve("..data")).look();
        assertThat(beforeInside).contains("gateway.yml");

        Files.createSymbolicLink(mount.resolve("..data_tmp"), two.getFileName());
        Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(of(mount).look()).isNotEqualTo(before);
        assertThat(of(mount.resolve("..data")).look()).isNotEqualTo(beforeInside);
    }

    @Test
    void look_directoryThatIsALink() throws IOException {
        Path link = Files.createSymbolicLink(home.resolve("current"), directory);
        String before = of(link).look();
        assertThat(before).contains("gateway.yml");

        Files.writeString(file, "a: 22");
        assertThat(of(link).look()).isNotEqualTo(before);
    }

    @Test
    void look_tree_eachFileCounts() throws IOException {
        Path secret = Files.writeString(
                Files.createDirectories(home.resolve("tree/a")).resolve("password"), "x");
        FileProbe probe = new FileProbe(() -> new ConfigFiles(List.of(), List.of(home.resolve("tree"))));
        String before = probe.look();

        Files.writeString(secret, "longer");
        assertThat(probe.look()).isNotEqualTo(before);
    }
}
