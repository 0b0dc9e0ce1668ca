package dev.meridian.testkit.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisServer;

/** One Redis process with a directory of its own. */
final class RedisNode implements AutoCloseable {

    /** Below the ports that systems give to outgoing connections, also with {@link #BUS_OFFSET} on top. */
    private static final int FIRST_PORT = 12_000;

    private static final int PORTS = 10_000;

    /** How far the port on which the nodes of a cluster talk is from the port of the clients. */
    private static final int BUS_OFFSET = 10_000;

    private static final int ATTEMPTS = 20;
    private static final Pattern PROCESS = Pattern.compile("process_id:(\\d+)");

    private final int port;
    private final Path directory;
    private final RedisServer server;
    private long pid;
    private boolean frozen;

    private RedisNode(File executable, int port, boolean cluster) throws IOException {
        this.port = port;
        this.directory = Files.createTempDirectory("testkit-redis-");
        this.server = RedisServer.newRedisServer()
                .executableProvider(() -> executable)
                .bind("127.0.0.1")
                .port(port)
                .onShutdownForceStop(true)
                .setting("dir \"" + directory + "\"")
                .setting("save \"\"")
                .setting("appendonly no")
                .settingIf(cluster, "cluster-enabled yes")
                .settingIf(cluster, "cluster-config-file nodes.conf")
                .settingIf(cluster, "cluster-node-timeout 2000")
                .build();
    }

    /** Starts a process on a free port; another one is tried when somebody else was faster. */
    static RedisNode start(File executable, boolean cluster) {
        IOException last = new IOException("no free port found");
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS);
            if (!free(port) || (cluster && !free(port + BUS_OFFSET))) {
                continue;
            }
            try {
                RedisNode node = new RedisNode(executable, port, cluster);
                try {
                    node.server.start();
                    return node;
                } catch (IOException e) {
                    node.close();
                    throw e;
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException(last);
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    int port() {
        return port;
    }

    @Nullable
    Object command(List<String> words) {
        return commands(List.of(words));
    }

    /** Over one connection. @return the reply to the last one */
    @Nullable
    Object commands(List<List<String>> commands) {
        Object reply = null;
        try (RespConnection connection = new RespConnection(port)) {
            for (List<String> each : commands) {
                reply = connection.command(each);
            }
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its process does nothing any more, and keeps its port and connections. */
    void freeze() {
        if (pid == 0) {
            Matcher found = PROCESS.matcher(String.valueOf(command(List.of("INFO", "server"))));
            if (!found.find()) {
                throw new IllegalStateException("INFO server: no process_id");
            }
            pid = Long.parseLong(found.group(1));
        }
        signal("-STOP");
        frozen = true;
    }

    void thaw() {
        if (frozen) {
            signal("-CONT");
            frozen = false;
        }
    }

    private void signal(String which) {
        try {
            if (new ProcessBuilder("kill", which, Long.toString(pid)).start().waitFor() != 0) {
                throw new IllegalStateException("kill " + which + " " + pid + " has failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** As if it had been killed: the connections are closed, the port is refused. */
    void stop() {
        thaw();
        pid = 0;
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void restart() {
        if (server.isActive()) {
            return;
        }
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
