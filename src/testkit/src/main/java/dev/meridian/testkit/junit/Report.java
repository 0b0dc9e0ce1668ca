package dev.meridian.testkit.junit;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The files that the build looks at after a module's tests. */
final class Report {

    /** Names the file of the leaks; the parent pom.xml sets it. */
    private static final String LEAKS = "meridian.leaks";

    private Report() {}

    /** Where leaks are to be reported, if the build wants to know. */
    static Optional<Path> leaks() {
        return Optional.ofNullable(System.getProperty(LEAKS))
                .filter(name -> !name.isBlank())
                .map(Path::of);
    }

    static void appendNextToLeaks(String name, String text) {
        leaks().ifPresent(file -> append(file.resolveSibling(name), text));
    }

    static synchronized void append(Path file, String text) {
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Files.writeString(
                    file, text + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String of(String what, Throwable error) {
        StringWriter text = new StringWriter();
        text.append(what).append(": ");
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
