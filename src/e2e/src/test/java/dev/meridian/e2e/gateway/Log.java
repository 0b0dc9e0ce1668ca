package dev.meridian.e2e.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What a process has written to its standard output and error. */
final class Log {

    private static final Pattern RECORD = Pattern.compile("(?m)^(?=\\d{4}-\\d\\d-\\d\\dT)");
    private static final Pattern SUSPECT =
            Pattern.compile("LEAK:|(?m)^\\s+at [\\w.$/@<>-]+\\(|(?m)^\\S+ ERROR |OutOfMemory|OutOfDirectMemory");

    private final Path file;

    Log(Path file) {
        this.file = file;
    }

    String text() {
        try {
            return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Leaks, stack traces and errors, without those that one of {@code expected} is found in. */
    List<String> suspects(List<Pattern> expected) {
        List<String> suspects = new ArrayList<>();
        for (String record : RECORD.split(text())) {
            boolean suspect = SUSPECT.matcher(record).find();
            if (suspect
                    && expected.stream()
                            .noneMatch(known -> known.matcher(record).find())) {
                suspects.add(record);
            }
        }
        return suspects;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
