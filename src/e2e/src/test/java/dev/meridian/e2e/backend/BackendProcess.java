package dev.meridian.e2e.backend;

import dev.meridian.testkit.backend.BackendMain;
import dev.meridian.testkit.backend.Controlled;
import dev.meridian.testkit.client.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A backend as a process of its own, on a port that it keeps. It answers as {@link Controlled} says. Its notes are kept
 * under {@code target/backends}, over restarts as well.
 */
public final class BackendProcess implements AutoCloseable {

    private static final Path DIRECTORY = Path.of("target", "backends");
    private static final AtomicInteger NUMBER = new AtomicInteger();
    /** Below the ports that the system gives to outgoing connections: those might take it while it is free. */
    private static final int LOWEST_PORT = 20_000;

    private static final int HIGHEST_PORT = 30_000;
    private static final int PORTS_TRIED = 3;
    private static final Duration START_WAIT = Duration.ofSeconds(30);
    private static final Duration SETTING_WAIT = Duration.ofSeconds(5);

    private final String name;
    private int port;
    private final Path notes;
    private final String settings;
    private Process process;

    private BackendProcess(String name, String settings) {
        try {
            this.name = name;
            this.settings = settings;
            this.port = freePort();
            this.notes = Files.createDirectories(DIRECTORY)
                    .resolve(name + "-" + NUMBER.incrementAndGet() + ".txt")
                    .toAbsolutePath();
            Files.deleteIfExists(notes);
            this.process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Starts one with these settings, as in {@code delay=20&noise=8}, and returns at once. */
    static BackendProcess launch(String name, String settings) {
        return new BackendProcess(name, settings);
    }

    private static int freePort() {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // taken: another one is not
            }
        }
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-Xss256k",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        testkit(),
                        BackendMain.class.getName(),
                        name,
                        Integer.toString(port),
                        settings)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(notes.toFile()))
                .start();
    }

    private static String testkit() {
        try {
            return Path.of(BackendMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits for its first start: where somebody else has got its port meanwhile, it gets another one. */
    void awaitStarted() {
        for (int i = 0; i < PORTS_TRIED; i++) {
            Awaitility.await(name + " to answer or to end")
                    .pollInterval(Duration.ofMillis(20))
                    .atMost(START_WAIT)
                    .until(() -> !process.isAlive() || answers("/control"));
            if (process.isAlive()) {
                return;
            }
            port = freePort();
            relaunch();
        }
        awaitReady();
    }

    void awaitReady() {
        Awaitility.await(name + " to answer")
                .pollInterval(Duration.ofMillis(20))
                .atMost(START_WAIT)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(name + ": ended, notes in " + notes + " (expected: answers)");
                    }
                    return answers("/control");
                });
    }

    private boolean answers(String target) {
        try (RawClient client = RawClient.connect(port).deadline(SETTING_WAIT)) {
            return client.get(target).readResponse().status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Its name, and that of its region before the hyphen: {@code eu-1}. */
    public String name() {
        return name;
    }

    /** {@code http://127.0.0.1:port}. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Changes settings from the next request on, as in {@code status=503}; lost when it is started again. */
    public void set(String changed) {
        if (!answers("/control?" + changed)) {
            throw new AssertionError(name + ": no answer (expected: takes " + changed + ")");
        }
    }

    /** Ends it with SIGKILL and returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError(name + ": runs (expected: killed)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Starts it again on its port, with the settings it began with, and returns when it answers. */
    public void restart() {
        relaunch();
        awaitReady();
    }

    void relaunch() {
        kill();
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it in its tracks: it keeps its connections, the system takes new ones for it, and nothing answers. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it go on, where it is frozen. */
    public void thaw() {
        if (process.isAlive()) {
            signal("CONT");
        }
    }

    private void signal(String signal) {
        try {
            int code = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + signal + " " + name + ": " + code + " (expected: 0)");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The ids of the requests that it has acted on, as often as it has. */
    public List<String> executed() {
        try (Stream<String> lines = Files.lines(notes)) {
            return lines.filter(line -> line.startsWith(Controlled.EXECUTED))
                    .map(line -> line.substring(Controlled.EXECUTED.length()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
