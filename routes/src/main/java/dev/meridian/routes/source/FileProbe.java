package dev.meridian.routes.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks at configuration files without opening them: where they really are, how large, how old. Where they really are,
 * since Kubernetes changes what it mounts by pointing a link at another directory.
 */
final class FileProbe implements SourceProbe {

    private static final Pattern CONFIG = Pattern.compile(".+\\.(ya?ml|properties)");
    /** As deep as mounted secrets go, and no walk through somebody's home directory. */
    private static final int DEPTH = 4;

    private final Supplier<ConfigFiles> files;

    FileProbe(Supplier<ConfigFiles> files) {
        this.files = files;
    }

    @Override
    public String look() throws IOException {
        StringBuilder seen = new StringBuilder();
        ConfigFiles where = files.get();
        try {
            for (Path directory : where.directories()) {
                look(directory, 1, seen);
            }
            for (Path tree : where.trees()) {
                look(tree, DEPTH, seen);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return seen.toString();
    }

    private static void look(Path directory, int depth, StringBuilder seen) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        // Of a directory that is itself a link, a walk would see the link alone.
        try (Stream<Path> files = Files.walk(directory.toRealPath(), depth)) {
            files.filter(file -> depth > 1
                            || CONFIG.matcher(String.valueOf(file.getFileName()))
                                    .matches())
                    .sorted()
                    .forEach(file -> note(file, seen));
        }
    }

    private static void note(Path file, StringBuilder seen) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isRegularFile()) {
                seen.append(file.toRealPath())
                        .append(' ')
                        .append(attributes.size())
                        .append(' ')
                        .append(attributes.lastModifiedTime().toInstant())
                        .append('\n');
            }
        } catch (NoSuchFileException e) {
            seen.append(file).append(" gone\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
