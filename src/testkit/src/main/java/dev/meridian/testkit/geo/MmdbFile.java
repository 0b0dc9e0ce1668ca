package dev.meridian.testkit.geo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small database in the <a href="https://maxmind.github.io/MaxMind-DB/">MaxMind DB File Format 2.0</a>: a search tree over
 * the bits of addresses, the data that its leaves point to, and what is to be known to read both.
 */
public final class MmdbFile {

    private static final byte[] METADATA_START = {
        (byte) 0xAB, (byte) 0xCD, (byte) 0xEF, 'M', 'a', 'x', 'M', 'i', 'n', 'd', '.', 'c', 'o', 'm'
    };

    private final byte[] bytes;

    private MmdbFile(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A database of cities, for both versions of IP, with records of 28 bits, unless it is told otherwise. */
    public static Builder builder() {
        return new Builder();
    }

    /** The file's content. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** Puts the file there at once, in place of what there is: no reader ever sees a part of it. */
    public Path writeTo(Path file) {
        try {
            Path whole = Files.write(file.resolveSibling(file.getFileName() + ".new"), bytes);
            return Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Collects networks. Of those that overlap, the narrower counts, as far as it was added after the wider. */
    public static final class Builder {

        private String databaseType = "GeoLite2-City";
        private int ipVersion = 6;
        private int recordSize = 28;
        private final Map<String, Map<String, ?>> networks = new LinkedHashMap<>();

        private Builder() {}

        /** What the database says it is; MaxMind's own reader looks at it. */
        public Builder databaseType(String databaseType) {
            this.databaseType = databaseType;
            return this;
        }

        /** 4, for IPv4 alone, or 6, for both. */
        public Builder ipVersion(int ipVersion) {
            this.ipVersion = ipVersion;
            return this;
        }

        /** The bits of a record in the tree: 24, 28 or 32. */
        public Builder recordSize(int recordSize) {
            this.recordSize = recordSize;
            return this;
        }

        /** A network in CIDR notation and its place, as GeoLite2-City has it. */
        public Builder city(String network, double latitude, double longitude, String country) {
            return network(
                    network,
                    Map.of(
                            "location", Map.of("latitude", latitude, "longitude", longitude),
                            "country", Map.of("iso_code", country)));
        }

        /** A network in CIDR notation of which the country alone is known, as GeoLite2-Country has it. */
        public Builder country(String network, String country) {
            return network(network, Map.of("country", Map.of("iso_code", country)));
        }

        /** A network in CIDR notation, and any data: maps, lists, strings, booleans, int, long, float and double. */
        public Builder network(String network, Map<String, ?> data) {
            networks.put(network, data);
            return this;
        }

        public MmdbFile build() {
            SearchTree tree = new SearchTree(ipVersion);
            DataSection data = new DataSection(true);
            networks.forEach((network, entry) -> tree.add(network, data.add(entry)));

            DataSection metadata = new DataSection(false);
            metadata.add(metadata(tree.nodeCount()));

            ByteSink file = new ByteSink();
            tree.writeTo(file, recordSize);
            file.bytes(new byte[SearchTree.SEPARATOR_BYTES]);
            file.bytes(data.bytes());
            file.bytes(METADATA_START);
            file.bytes(metadata.bytes());
            return new MmdbFile(file.toByteArray());
        }

        /** {@link #build()} and {@link MmdbFile#writeTo}. */
        public Path writeTo(Path file) {
            return build().writeTo(file);
        }

        private Map<String, Object> metadata(int nodeCount) {
            Map<String, Object> metadata = new LinkedHashMap<>();
            metadata.put("binary_format_major_version", DataSection.uint16(2));
            metadata.put("binary_format_minor_version", DataSection.uint16(0));
            metadata.put("build_epoch", DataSection.uint64(1_700_000_000L));
            metadata.put("database_type", databaseType);
            metadata.put("description", Map.of("en", "Made for a test"));
            metadata.put("ip_version", DataSection.uint16(ipVersion));
            metadata.put("languages", List.of("en"));
            metadata.put("node_count", DataSection.uint32(nodeCount));
            metadata.put("record_size", DataSection.uint16(recordSize));
            return metadata;
        }
    }
}
