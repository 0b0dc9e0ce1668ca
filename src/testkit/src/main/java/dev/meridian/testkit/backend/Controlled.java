package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Headers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Answers every request with its name, as {@link #BACKEND} and as the body, and can be told while it runs how: {@code GET
 * /control?delay=20&noise=8} sets what is named. Notes the id of every request that is no GET when it acts on it.
 *
 * <ul>
 *   <li>{@code delay}: milliseconds before each answer, checks included; 0 at first
 *   <li>{@code noise}: per cent by which the delay varies, either way; 0 at first
 *   <li>{@code slots}: how many requests it works on at a time, others wait their turn; 0 for any number, as at first
 *   <li>{@code status}: of answers; 200 at first
 *   <li>{@code health}: status of answers on {@code /healthz}; 200 at first
 * </ul>
 */
public final class Controlled implements Behaviour {

    /** The response field that names who answered. */
    public static final String BACKEND = "X-Backend";

    /** What stands before an id in the notes. */
    public static final String EXECUTED = "executed ";

    private static final String CONTROL = "/control";
    private static final String HEALTH = "/healthz";

    private final String name;
    private final PrintStream notes;
    private volatile double delayMillis;
    private volatile double noisePercent;
    private volatile Semaphore slots = new Semaphore(Integer.MAX_VALUE, true);
    private volatile int status = 200;
    private volatile int health = 200;

    /** @param notes where ids are written */
    Controlled(String name, PrintStream notes) {
        this.name = name;
        this.notes = notes;
    }

    /** Changes what is named: {@code delay=20&noise=8}. */
    void set(String settings) {
        for (String setting : settings.split("&", -1)) {
            String[] parts = setting.split("=", 2);
            String value = parts.length < 2 ? "" : parts[1];
            switch (parts[0]) {
                case "delay" -> delayMillis = Double.parseDouble(value);
                case "noise" -> noisePercent = Double.parseDouble(value);
                case "slots" -> {
                    int wanted = Integer.parseInt(value);
                    slots = new Semaphore(wanted == 0 ? Integer.MAX_VALUE : wanted, true);
                }
                case "status" -> status = Integer.parseInt(value);
                case "health" -> health = Integer.parseInt(value);
                default ->
                    throw new IllegalArgumentException(setting + " (expected: delay, noise, slots, status or health)");
            }
        }
    }

    @Override
    public void handle(Recorded request, Exchange out) throws IOException {
        switch (request.path()) {
            case CONTROL -> {
                int query = request.target().indexOf('?');
                if (query >= 0) {
                    set(request.target().substring(query + 1));
                }
                answer(200, out);
            }
            case HEALTH -> {
                delay();
                answer(health, out);
            }
            default -> {
                Semaphore taken = slots;
                taken.acquireUninterruptibly();
                try {
                    delay();
                } finally {
                    taken.release();
                }
                if (!request.method().equals("GET")) {
                    notes.println(
                            EXECUTED + request.headers().first("X-Request-Id").orElse("?"));
                }
                answer(status, out);
            }
        }
    }

    private void answer(int with, Exchange out) throws IOException {
        out.answer(
                with,
                Headers.of("Content-Type", "text/plain;charset=UTF-8", BACKEND, name),
                name.getBytes(StandardCharsets.UTF_8));
    }

    private void delay() {
        double varied = noisePercent / 100 * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        long until = System.nanoTime() + (long) (delayMillis * (1 + varied) * 1_000_000);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
