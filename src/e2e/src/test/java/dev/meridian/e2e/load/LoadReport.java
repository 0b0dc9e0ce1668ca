package dev.meridian.e2e.load;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What became of the requests of a {@link Load}. Immutable. */
public final class LoadReport {

    private final List<Sample> samples;

    LoadReport(List<Sample> samples) {
        this.samples = List.copyOf(samples);
    }

    /** All requests. */
    public List<Sample> samples() {
        return samples;
    }

    /** Those that no whole answer of 2xx came to. */
    public List<Sample> failures() {
        return samples.stream().filter(sample -> !sample.ok()).toList();
    }

    /** Those that were answered with this status. */
    public LoadReport withStatus(int status) {
        return new LoadReport(
                samples.stream().filter(sample -> sample.status() == status).toList());
    }

    /** How many requests were sent. */
    public int count() {
        return samples.size();
    }

    /** How many answers there were by status; 0 stands for none. */
    public Map<Integer, Long> byStatus() {
        return samples.stream().collect(Collectors.groupingBy(Sample::status, TreeMap::new, Collectors.counting()));
    }

    /** How long the slowest of so many per cent of the requests took. */
    public Duration percentile(double percent) {
        List<Long> sorted = samples.stream().map(Sample::nanos).sorted().toList();
        int at = (int) Math.ceil(percent / 100 * sorted.size()) - 1;
        return sorted.isEmpty() ? Duration.ZERO : Duration.ofNanos(sorted.get(Math.max(0, at)));
    }

    /** Those that were to be sent from one time to before another, as {@link System#nanoTime()}. */
    public LoadReport between(long fromNanos, long toNanos) {
        return new LoadReport(samples.stream()
                .filter(sample -> sample.startedNanos() - fromNanos >= 0 && sample.startedNanos() - toNanos < 0)
                .toList());
    }

    /** How many answers there were by the backend that gave them; {@code -} stands for none. */
    public Map<String, Long> byBackend() {
        return samples.stream()
                .collect(Collectors.groupingBy(
                        sample -> String.valueOf(Objects.requireNonNullElse(sample.backend(), "-")),
                        TreeMap::new,
                        Collectors.counting()));
    }

    /** Which part of all answers backends of this region (or the one of this name) gave, 0 to 1. */
    public double share(String regionOrName) {
        long theirs =
                samples.stream().filter(sample -> sample.from(regionOrName)).count();
        return samples.isEmpty() ? 0 : (double) theirs / samples.size();
    }

    /** Fails when any request failed, or when there were fewer than this. */
    public LoadReport assertAllOk(int atLeast) {
        if (!failures().isEmpty() || count() < atLeast) {
            throw new AssertionError("load: " + this + " (expected: at least " + atLeast + " requests, no failure)");
        }
        return this;
    }

    @Override
    public String toString() {
        List<Sample> failures = failures();
        return count() + " requests, by status " + byStatus() + ", p50 "
                + percentile(50).toMillis() + " ms, p99 "
                + percentile(99).toMillis() + " ms, " + failures.size() + " failed"
                + (failures.isEmpty() ? "" : ": " + failures.subList(0, Math.min(10, failures.size())));
    }
}
