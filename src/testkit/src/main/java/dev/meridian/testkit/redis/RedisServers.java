package dev.meridian.testkit.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** One Redis server or a cluster of them on {@code 127.0.0.1}, as processes that keep nothing on disk. */
public final class RedisServers implements AutoCloseable {

    private static final int SLOTS = 16_384;
    private static final int CLUSTER_SIZE = 3;
    private static final Duration CLUSTER_WAIT = Duration.ofSeconds(30);

    private final List<RedisNode> nodes;
    private @Nullable Sentinel sentinel;

    private RedisServers(List<RedisNode> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    /** A server on a free port. */
    public static RedisServers single() {
        return new RedisServers(List.of(RedisNode.start(executable(), false)));
    }

    /** A master and its replica, with a sentinel that watches over them under this name. */
    public static RedisServers watched(String name) {
        RedisServers servers =
                new RedisServers(List.of(RedisNode.start(executable(), false), RedisNode.start(executable(), false)));
        try {
            servers.command(1, "REPLICAOF", "127.0.0.1", Integer.toString(servers.port()));
            servers.sentinel = Sentinel.start(executable(), name, servers.port());
            return servers;
        } catch (RuntimeException | Error e) {
            servers.close();
            throw e;
        }
    }

    /** {@code host:port} of the sentinel, as {@code spring.data.redis.sentinel.nodes} takes it. */
    public String sentinel() {
        Sentinel there = sentinel;
        if (there == null) {
            throw new IllegalStateException("sentinel: none (expected: watched servers)");
        }
        return "127.0.0.1:" + there.port();
    }

    /** Three masters on free ports that share the slots; returns when all of them know that. */
    public static RedisServers cluster() {
        return cluster(CLUSTER_SIZE);
    }

    /** The same, and behind them as many replicas, the n-th one of the n-th master; one takes over when its master is gone. */
    public static RedisServers clusterWithReplicas() {
        return cluster(2 * CLUSTER_SIZE);
    }

    private static RedisServers cluster(int size) {
        List<RedisNode> nodes = new ArrayList<>();
        RedisServers servers;
        try {
            for (int i = 0; i < size; i++) {
                nodes.add(RedisNode.start(executable(), true));
            }
            servers = new RedisServers(nodes);
            servers.join();
            servers.replicate();
            return servers;
        } catch (RuntimeException | Error e) {
            nodes.forEach(RedisNode::close);
            throw e;
        }
    }

    /** The binary for this system, unpacked once for all servers of the JVM. */
    private static File executable() {
        return Executable.FILE;
    }

    private void join() {
        int share = (SLOTS + CLUSTER_SIZE - 1) / CLUSTER_SIZE;
        for (int i = 0; i < CLUSTER_SIZE; i++) {
            List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            for (int slot = i * share; slot < Math.min(SLOTS, (i + 1) * share); slot++) {
                command.add(Integer.toString(slot));
            }
            nodes.get(i).command(command);
        }
        for (RedisNode node : nodes.subList(1, nodes.size())) {
            nodes.get(0).command(List.of("CLUSTER", "MEET", "127.0.0.1", Integer.toString(node.port())));
        }
        Awaitility.await("cluster of " + ports())
                .atMost(CLUSTER_WAIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> nodes.stream().allMatch(this::joined));
    }

    private boolean joined(RedisNode node) {
        String info = String.valueOf(node.command(List.of("CLUSTER", "INFO")));
        return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + nodes.size() + "\r\n");
    }

    private void replicate() {
        for (int i = CLUSTER_SIZE; i < nodes.size(); i++) {
            String master = String.valueOf(command(i - CLUSTER_SIZE, "CLUSTER", "MYID"));
            command(i, "CLUSTER", "REPLICATE", master);
        }
        Awaitility.await("replicas of " + ports())
                .atMost(CLUSTER_WAIT)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> nodes.subList(CLUSTER_SIZE, nodes.size()).stream().allMatch(RedisServers::follows));
    }

    private static boolean follows(RedisNode replica) {
        return String.valueOf(replica.command(List.of("INFO", "replication"))).contains("master_link_status:up");
    }

    /** The port of the only server, or of the first one. */
    public int port() {
        return nodes.get(0).port();
    }

    /** The ports of all servers. */
    public List<Integer> ports() {
        return nodes.stream().map(RedisNode::port).toList();
    }

    /** {@code host:port} of all servers, as {@code spring.data.redis.cluster.nodes} takes them. */
    public List<String> addresses() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.port()).toList();
    }

    /** {@code redis://host:port} of the only server, or of the first one. */
    public String url() {
        return "redis://" + addresses().get(0);
    }

    /**
     * Sends a command to the only server, or to the first one.
     *
     * @return a String, a Long, a List of these, or null
     */
    public @Nullable Object command(String... words) {
        return nodes.get(0).command(List.of(words));
    }

    /** Sends a command to one server, counted from 0. */
    public @Nullable Object command(int index, String... words) {
        return nodes.get(index).command(List.of(words));
    }

    /**
     * Sends commands over one connection to the only server, or to the first one.
     *
     * @param commands of words with a space between
     * @return the reply to the last one
     */
    public @Nullable Object commands(String... commands) {
        return nodes.get(0)
                .commands(Stream.of(commands)
                        .map(each -> List.of(each.split(" ")))
                        .toList());
    }

    /** Has the processes stand still: nothing is answered, and nothing is closed. */
    public void freeze() {
        nodes.forEach(RedisNode::freeze);
    }

    /** Has the process of one server stand still, counted from 0. */
    public void freeze(int index) {
        nodes.get(index).freeze();
    }

    /** Has them go on where they stood. */
    public void thaw() {
        nodes.forEach(RedisNode::thaw);
    }

    /** Ends the processes; clients see their connections closed and the ports refused. */
    public void stop() {
        nodes.forEach(RedisNode::stop);
    }

    /** Ends the process of one server, counted from 0. */
    public void stop(int index) {
        nodes.get(index).stop();
    }

    /** Starts the stopped processes again on their ports, empty; a cluster still knows its slots. */
    public void restart() {
        nodes.forEach(RedisNode::restart);
    }

    @Override
    public void close() {
        Sentinel there = sentinel;
        if (there != null) {
            there.close();
        }
        nodes.forEach(RedisNode::close);
    }

    /** Holds the binary; a class of its own so that it is unpacked at the first use. */
    private static final class Executable {

        private static final File FILE = unpack();

        private static File unpack() {
            try {
                return ExecutableProvider.newJarResourceProvider().get();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
