package dev.meridian.e2e.configserver;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.jspecify.annotations.Nullable;

/** A Spring Cloud Config Server as a process of its own, on a git repository of its own and a port that it keeps. */
public final class ConfigServerProcess implements AutoCloseable {

    private static final Duration START_WAIT = Duration.ofSeconds(90);
    /** The gateway and its settings are on the tests' class path as well, and are not meant for the server. */
    private static final Pattern GATEWAY = Pattern.compile(
            "/(routes|filters|observability|gateway-app)/target/|/meridian-|gateway|webflux|netty|redis|lettuce");

    private final Path home;
    private final Path file;
    private final Git git;
    private final int port;
    private @Nullable Process process;

    private ConfigServerProcess(String file) {
        try {
            home = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "config-servers")).toAbsolutePath(), "server");
            Path repository = Files.createDirectory(home.resolve("repository"));
            this.file = repository.resolve(file);
            git = Git.init()
                    .setDirectory(repository.toFile())
                    .setInitialBranch("main")
                    .call();
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = socket.getLocalPort();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    }

    /** One that does not run yet, of a repository with this file alone. */
    public static ConfigServerProcess of(String file, String yaml) {
        ConfigServerProcess server = new ConfigServerProcess(file);
        server.commit(yaml);
        return server;
    }

    /** Where it is. */
    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Commits other content of the file. */
    public void commit(String yaml) {
        try {
            Files.writeString(file, yaml);
            git.add().addFilepattern(file.getFileName().toString()).call();
            git.commit()
                    .setAllowEmpty(true)
                    .setSign(false)
                    .setAuthor("test", "test@localhost")
                    .setCommitter("test", "test@localhost")
                    .setMessage("change")
                    .call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GitAPIException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts it and returns when it answers. */
    public ConfigServerProcess start() {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx128m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            classPath(),
                            ConfigServerMain.class.getName(),
                            "--server.port=" + port,
                            "--server.address=127.0.0.1",
                            "--spring.config.name=config-server",
                            "--spring.cloud.config.enabled=false",
                            "--spring.cloud.config.server.git.uri=file://" + file.getParent(),
                            "--spring.cloud.config.server.git.default-label=main")
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            home.resolve("log.txt").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("config server to answer, log in " + home)
                .pollInterval(Duration.ofMillis(100))
                .atMost(START_WAIT)
                .until(this::answers);
        return this;
    }

    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator, -1))
                .filter(entry -> !GATEWAY.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private boolean answers() throws InterruptedException {
        if (process == null || !process.isAlive()) {
            throw new AssertionError("config server: ended, log in " + home + " (expected: answers)");
        }
        try {
            // It says what it would serve; whether it can is another matter.
            return HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(url() + "/any/default"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it at once. */
    public void stop() {
        if (process != null) {
            process.destroyForcibly();
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        stop();
        git.close();
    }

    /** The names of its files, for whoever looks for them. */
    @Override
    public String toString() {
        return List.of(url(), file).toString();
    }
}
