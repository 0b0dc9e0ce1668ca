package dev.meridian.testkit.geo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * The <a href="https://maxmind.github.io/MaxMind-DB/#binary-search-tree-section">binary search tree</a>: each node has a
 * record for the bit 0 and one for the bit 1, which names another node, data, or nothing.
 */
final class SearchTree {

    /** Between the tree and the data; a record that points to data counts them. */
    static final int SEPARATOR_BYTES = 16;

    private static final int NOTHING = -1;

    private final int addressBytes;
    private final List<int[]> nodes = new ArrayList<>();

    // A record in memory: a node's number, NOTHING, or below it the data's offset.

    SearchTree(int ipVersion) {
        if (ipVersion != 4 && ipVersion != 6) {
            throw new IllegalArgumentException("ipVersion: " + ipVersion + " (expected: 4 or 6)");
        }
        this.addressBytes = ipVersion == 4 ? 4 : 16;
        newNode(NOTHING);
    }

    int nodeCount() {
        return nodes.size();
    }

    void add(String network, int dataOffset) {
        int slash = network.indexOf('/');
        byte[] address = address(network.substring(0, slash));
        int length = Integer.parseInt(network.substring(slash + 1)) + 8 * (addressBytes - address.length);
        byte[] padded = new byte[addressBytes]; // IPv4 is found under ::/96
        System.arraycopy(address, 0, padded, addressBytes - address.length, address.length);

        int node = 0;
        for (int bit = 0; bit < length - 1; bit++) {
            node = child(node, bit(padded, bit));
        }
        nodes.get(node)[bit(padded, length - 1)] = NOTHING - 1 - dataOffset;
    }

    void writeTo(ByteSink file, int recordSize) {
        for (int[] node : nodes) {
            long left = record(node[0]);
            long right = record(node[1]);
            if (Math.max(left, right) >= 1L << recordSize) {
                throw new IllegalStateException("more than records of " + recordSize + " bits can point to");
            }
            switch (recordSize) {
                case 24 -> {
                    file.number(left, 3);
                    file.number(right, 3);
                }
                case 28 -> {
                    file.number(left, 3);
                    file.number((left >>> 24) << 4 | right >>> 24, 1);
                    file.number(right, 3);
                }
                case 32 -> {
                    file.number(left, 4);
                    file.number(right, 4);
                }
                default ->
                    throw new IllegalArgumentException("recordSize: " + recordSize + " (expected: 24, 28 or 32)");
            }
        }
    }

    private long record(int value) {
        if (value >= 0) {
            return value;
        }
        return value == NOTHING ? nodes.size() : nodes.size() + SEPARATOR_BYTES + (NOTHING - 1 - value);
    }

    private int child(int node, int bit) {
        int record = nodes.get(node)[bit];
        if (record >= 0) {
            return record;
        }
        // What held for the whole of it holds for both halves, until one of them is given its own.
        int child = newNode(record);
        nodes.get(node)[bit] = child;
        return child;
    }

    private int newNode(int record) {
        nodes.add(new int[] {record, record});
        return nodes.size() - 1;
    }

    private static int bit(byte[] address, int bit) {
        return address[bit / 8] >> (7 - bit % 8) & 1;
    }

    private byte[] address(String literal) {
        if (!literal.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            throw new IllegalArgumentException("network: " + literal + " (expected: a literal address)");
        }
        try {
            byte[] address = InetAddress.getByName(literal).getAddress();
            if (address.length > addressBytes) {
                throw new IllegalArgumentException("network: " + literal + " (expected: IPv4, as the database)");
            }
            return address;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("network: " + literal + " (expected: a literal address)", e);
        }
    }
}
