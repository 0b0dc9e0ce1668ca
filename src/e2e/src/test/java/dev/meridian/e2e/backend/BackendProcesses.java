package dev.meridian.e2e.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Some backends, started side by side; {@code eu-1} and {@code eu-2} are those of the region {@code eu}. */
public final class BackendProcesses implements AutoCloseable {

    private final List<BackendProcess> all = new ArrayList<>();

    private BackendProcesses() {}

    /** Starts one for each name, all with these settings (see {@code Controlled}). */
    public static BackendProcesses start(String settings, String... names) {
        BackendProcesses started = new BackendProcesses();
        try {
            for (String name : names) {
                started.all.add(BackendProcess.launch(name, settings));
            }
            started.all.forEach(BackendProcess::awaitStarted);
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** The one of this name. */
    public BackendProcess get(String name) {
        return all.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name + " (expected: one of " + all.size() + ")"));
    }

    /** Those of a region. */
    public List<BackendProcess> region(String region) {
        return all.stream().filter(each -> each.name().startsWith(region + "-")).toList();
    }

    /** All of them. */
    public List<BackendProcess> all() {
        return List.copyOf(all);
    }

    /** A region's addresses as a list of YAML. */
    public String urls(String region) {
        return region(region).stream()
                .map(each -> "\"" + each.url() + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** Starts those again that are gone, and returns when all answer. */
    public void restartKilled() {
        List<BackendProcess> gone = all.stream().filter(each -> !each.isAlive()).toList();
        gone.forEach(BackendProcess::relaunch);
        all.forEach(BackendProcess::awaitReady);
    }

    /** Ids of requests that were acted on more than once, by any of them, and how often. */
    public Map<String, Long> executedTwice() {
        return all.stream()
                .flatMap(each -> each.executed().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet()
                .stream()
                .filter(each -> each.getValue() > 1)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public void close() {
        all.forEach(BackendProcess::close);
    }
}
