package dev.meridian.testkit.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** One that watches over a master, and has a replica take its place when it does not answer for half a second. */
final class Sentinel implements AutoCloseable {

    private static final Duration START_WAIT = Duration.ofSeconds(10);

    private final int port;
    private final Path file;
    private final Process process;

    private Sentinel(int port, Path file, Process process) {
        this.port = port;
        this.file = file;
        this.process = process;
    }

    static Sentinel start(File executable, String master, int masterPort) {
        try {
            int port = freePort();
            Path file = Files.createTempFile("testkit-sentinel-", ".conf");
            Files.writeString(file, """
                    port %1$d
                    bind 127.0.0.1
                    sentinel monitor %2$s 127.0.0.1 %3$d 1
                    sentinel down-after-milliseconds %2$s 500
                    sentinel failover-timeout %2$s 2000
                    """.formatted(port, master, masterPort));
            Process process = new ProcessBuilder(executable.toString(), file.toString(), "--sentinel")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Sentinel sentinel = new Sentinel(port, file, process);
            Awaitility.await("sentinel to know the replica of " + master)
                    .atMost(START_WAIT)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> sentinel.knows(master));
            return sentinel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean knows(String master) {
        try (RespConnection connection = new RespConnection(port)) {
            return String.valueOf(connection.command(List.of("SENTINEL", "REPLICAS", master)))
                    .contains("master-link-status, ok");
        } catch (IOException | IllegalStateException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
