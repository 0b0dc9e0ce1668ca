package dev.meridian.e2e.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packaged gateway, running as a process of its own on ports that the system chose. Its output is kept under {@code
 * target/gateways}. Closing it ends it and fails when its log tells of leaks, of errors or of stack traces that the test
 * did not expect. Thread-safe.
 */
public final class GatewayProcess implements AutoCloseable {

    private static final Path DIRECTORY = Path.of("target", "gateways");
    private static final String FILE = "gateway.yml";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    /** Two shared cores, a paranoid leak detector and a cold start: generous, since it only bounds a failure. */
    private static final Duration START_WAIT = Duration.ofSeconds(90);

    /** Longer than the gateway waits for a config server. */
    private static final Duration ANSWER_WAIT = Duration.ofSeconds(25);

    private static final Duration END_WAIT = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Pattern LISTENING = Pattern.compile("Netty started on port (\\d+)");
    /** How the JVM ends when SIGTERM has been handled in order. */
    public static final int TERMINATED = 143;

    private final Process process;
    private final Path home;
    private final Log log;
    private final List<Pattern> expected;
    private final HttpClient http = HttpClient.newHttpClient();
    private volatile int port;
    private volatile int managementPort;

    private GatewayProcess(Process process, Path home, Log log, List<Pattern> expected) {
        this.process = process;
        this.home = home;
        this.log = log;
        this.expected = List.copyOf(expected);
        Thread killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** A gateway with this configuration that is ready to serve. */
    public static GatewayProcess start(String name, GatewayConfig config) {
        return of(name, config).start();
    }

    /** A gateway that is yet to be started; {@code name} is for its files. */
    public static Builder of(String name, GatewayConfig config) {
        return new Builder(name, config);
    }

    /** What a gateway is started with. */
    public static final class Builder {

        private final String name;
        private final GatewayConfig config;
        private final List<String> jvm = new ArrayList<>(List.of(
                "-Xmx256m",
                "-XX:MaxDirectMemorySize=128m",
                "-Dio.netty.leakDetection.level=paranoid",
                "-XX:TieredStopAtLevel=1"));
        /** Nobody sends to these gateways any more when they are told to leave. */
        private String grace = "0s";

        private final List<String> arguments = new ArrayList<>();
        private final List<Pattern> expected = new ArrayList<>();

        private Builder(String name, GatewayConfig config) {
            this.name = name;
            this.config = config;
        }

        /** Further options of the JVM; they win over the defaults. */
        public Builder jvm(String... options) {
            jvm.addAll(List.of(options));
            return this;
        }

        /** Further arguments on the command line; they stand in for those that it has by itself. */
        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** How long it serves on after SIGTERM. */
        public Builder grace(String duration) {
            grace = duration;
            return this;
        }

        /** Records of the log that this is found in are no reason to complain. */
        public Builder expectLog(String regex) {
            expected.add(Pattern.compile(regex));
            return this;
        }

        /** Starts it and returns when it says that it is ready. */
        public GatewayProcess start() {
            GatewayProcess gateway = launch();
            try {
                gateway.awaitReady();
            } catch (RuntimeException | Error e) {
                gateway.kill();
                throw e;
            }
            return gateway;
        }

        /** Starts it and returns at once. */
        public GatewayProcess launch() {
            try {
                Path home = Files.createDirectories(DIRECTORY.resolve(name + "-" + NUMBER.incrementAndGet()))
                        .toAbsolutePath();
                Path file = Files.writeString(home.resolve(FILE), config.yaml());
                Path log = home.resolve("log.txt");
                Process process = new ProcessBuilder(command(file))
                        .directory(home.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                return new GatewayProcess(process, home, new Log(log), expected);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private List<String> command(Path file) {
            List<String> command = new ArrayList<>();
            command.add(java("java").toString());
            command.addAll(jvm);
            command.addAll(List.of("-jar", Jar.find().toString()));
            for (String usual : List.of(
                    "--server.port=0",
                    "--management.server.port=0",
                    "--meridian.shutdown.grace=" + grace,
                    "--spring.config.additional-location=file:" + file)) {
                String name = usual.substring(0, usual.indexOf('=') + 1);
                if (arguments.stream().noneMatch(argument -> argument.startsWith(name))) {
                    command.add(usual);
                }
            }
            command.addAll(arguments);
            return command;
        }
    }

    private static Path java(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool);
    }

    // ---- where it is

    /** The port for clients. */
    public int port() {
        return port;
    }

    /** {@code http://127.0.0.1:port}, without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** The management server, likewise. */
    public String managementUrl() {
        return "http://127.0.0.1:" + managementPort;
    }

    /** The process' number. */
    public long pid() {
        return process.pid();
    }

    // ---- what it says

    /** All that it has written so far. */
    public String log() {
        return log.text();
    }

    /** A file in the directory that it runs in. */
    public Path file(String name) {
        return home.resolve(name);
    }

    /** Waits for the log to contain this, and returns the match. */
    public Matcher awaitLog(String regex, Duration most) {
        Pattern pattern = Pattern.compile(regex);
        await("log to contain " + regex, most, () -> pattern.matcher(log()).find());
        Matcher matcher = pattern.matcher(log());
        if (!matcher.find()) {
            throw new AssertionError("log: changed (expected: only grows)");
        }
        return matcher;
    }

    /** The status of the readiness probe, 0 when it does not answer. */
    public int readiness() {
        try {
            return get("/actuator/health/readiness").statusCode();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    /** The sum of a Prometheus metric's samples with these tags, each as {@code name="value"}. */
    public OptionalDouble metric(String name, String... tags) {
        return new Metrics(get("/actuator/prometheus").body()).sum(name, tags);
    }

    /** An answer of the management server. */
    public HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create(managementUrl() + path)));
    }

    /** An answer of the management server to a POST without a body. */
    public HttpResponse<String> post(String path) {
        return send(
                HttpRequest.newBuilder(URI.create(managementUrl() + path)).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** An answer of the management server to a POST of JSON. */
    public HttpResponse<String> post(String path, String json) {
        return send(HttpRequest.newBuilder(URI.create(managementUrl() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** An answer of the management server to a DELETE. */
    public HttpResponse<String> delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(managementUrl() + path)).DELETE());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(ANSWER_WAIT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    // ---- how it changes

    /** Puts another configuration file in the place of the one that it was started with, all of it at once. */
    public void rewrite(String yaml) {
        try {
            Path next = Files.writeString(home.resolve(FILE + ".next"), yaml);
            Files.move(next, home.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes it read its configuration anew. */
    public HttpResponse<String> refresh() {
        return post("/actuator/refresh");
    }

    // ---- what it costs

    /** What it uses of its heap, in bytes, when garbage has been collected. */
    public long usedHeap() {
        collectGarbage();
        return (long) metric("jvm_memory_used_bytes", "area=\"heap\"").orElseThrow();
    }

    /** What the classes take that it has loaded, in bytes. */
    public long usedMetaspace() {
        return (long) metric("jvm_memory_used_bytes", "id=\"Metaspace\"").orElseThrow();
    }

    /** Its memory as the system sees it, in bytes. */
    public long rss() {
        return 1024 * status("VmRSS");
    }

    /** How many threads it has. */
    public long threads() {
        return status("Threads");
    }

    /** How many files and sockets it has open. */
    public long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long status(String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes Netty report what has leaked so far: collects garbage, and has buffers allocated, which is when it looks. */
    public void reportLeaks() {
        for (int i = 0; i < 2; i++) {
            collectGarbage();
            get("/actuator/prometheus");
        }
    }

    private void collectGarbage() {
        try {
            new ProcessBuilder(java("jcmd").toString(), Long.toString(pid()), "GC.run")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- its end

    /** Sends SIGTERM and returns at once. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL and returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        exitCode(END_WAIT);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for its end. */
    public int exitCode(Duration most) {
        try {
            if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("gateway: runs after " + most + " (expected: ended), log in " + log);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                reportLeaks();
                terminate();
                int code = exitCode(END_WAIT);
                if (code != TERMINATED) {
                    throw new AssertionError("exit code: " + code + " (expected: " + TERMINATED + "), log in " + log);
                }
            }
            assertCleanLog();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Fails when the log tells of leaks, errors or unexpected stack traces. */
    public void assertCleanLog() {
        List<String> suspects = log.suspects(expected);
        if (!suspects.isEmpty()) {
            throw new AssertionError("log " + log + ": " + suspects.size() + " suspicious records (expected: none):\n"
                    + String.join("", suspects.subList(0, Math.min(5, suspects.size()))));
        }
    }

    private void awaitReady() {
        await("two ports", START_WAIT, () -> LISTENING.matcher(log()).results().count() >= 2);
        List<Integer> ports = LISTENING
                .matcher(log())
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();
        port = ports.get(0);
        managementPort = ports.get(1);
        await("readiness", START_WAIT, () -> readiness() == 200);
    }

    private void await(String what, Duration most, BooleanSupplier condition) {
        long deadline = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() && !condition.getAsBoolean()) {
                throw new AssertionError(
                        "gateway: ended with " + process.exitValue() + " (expected: " + what + "):\n" + log.text());
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "gateway: no " + what + " after " + most + ", log in " + log + ":\n" + log.text());
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
