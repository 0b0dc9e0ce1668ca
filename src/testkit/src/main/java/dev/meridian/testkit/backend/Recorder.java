package dev.meridian.testkit.backend;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a backend remembers: connections and the newest requests. Thread-safe. */
final class Recorder {

    /** Enough for any test that looks at single connections. */
    private static final int KEPT_CONNECTIONS = 1_000;

    private final int keptRequests;
    private final Deque<Recorded> requests = new ArrayDeque<>();
    private final Deque<ConnectionRecord> connections = new ArrayDeque<>();
    private long requestCount;
    private int connectionCount;
    private int openConnections;

    Recorder(int keptRequests) {
        this.keptRequests = keptRequests;
    }

    synchronized ConnectionRecord connected() {
        connectionCount++;
        openConnections++;
        ConnectionRecord connection = new ConnectionRecord(connectionCount);
        connections.addLast(connection);
        if (connections.size() > KEPT_CONNECTIONS) {
            connections.removeFirst();
        }
        return connection;
    }

    synchronized void disconnected(ConnectionRecord connection) {
        if (connection.open()) {
            connection.ended();
            openConnections--;
        }
    }

    synchronized void arrived(Recorded request) {
        requestCount++;
        requests.addLast(request);
        if (requests.size() > keptRequests) {
            requests.removeFirst();
        }
        notifyAll();
    }

    synchronized List<Recorded> requests() {
        return List.copyOf(requests);
    }

    synchronized long requestCount() {
        return requestCount;
    }

    synchronized Connections connections() {
        return new Connections(connectionCount, openConnections);
    }

    synchronized List<ConnectionRecord> connectionLog() {
        return new ArrayList<>(connections);
    }

    synchronized List<Recorded> await(int count, Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (requestCount < count) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(
                        "requests: " + requestCount + " after " + most + " (expected: " + count + "): " + requests);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return requests();
    }

    synchronized void forgetRequests() {
        requests.clear();
        requestCount = 0;
    }
}
