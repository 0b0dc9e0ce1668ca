package dev.meridian.routes.geo;

import com.maxmind.db.CHMCache;
import com.maxmind.db.InvalidNetworkException;
import com.maxmind.db.MaxMindDbParameter;
import com.maxmind.db.Metadata;
import com.maxmind.db.Networks;
import com.maxmind.db.Reader;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One version of a <a href="https://maxmind.github.io/MaxMind-DB/">MaxMind DB</a> file, held in memory: a look-up neither
 * reads the file nor waits for another. Thread-safe.
 */
final class GeoDatabase {

    /** Of a database of places nearly every network has one, so this many without any are of something else. */
    private static final int PROBED_NETWORKS = 1_000;

    /** Zeros between the search tree and the data. */
    private static final int SEPARATOR_BYTES = 16;

    private static final Logger log = LoggerFactory.getLogger(GeoDatabase.class);

    private final Reader reader;
    private final Metadata metadata;
    private final AtomicBoolean warned = new AtomicBoolean();

    private GeoDatabase(Reader reader) {
        this.reader = reader;
        this.metadata = reader.getMetadata();
    }

    /**
     * Reads the file.
     *
     * @throws IOException with a message for the operator where it cannot be read or is no database of places
     */
    static GeoDatabase open(Path file) throws IOException {
        CountryCentroids.load();
        if (!Files.isRegularFile(file)) {
            throw new IOException(Files.exists(file) ? "it is not a file" : "there is no such file");
        }
        if (!Files.isReadable(file)) {
            throw new IOException("it is not readable for the user that the gateway runs as");
        }
        try {
            GeoDatabase database = new GeoDatabase(new Reader(file.toFile(), Reader.FileMode.MEMORY, new CHMCache()));
            database.probe(Files.size(file));
            return database;
        } catch (InvalidNetworkException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            // The reader follows whatever a broken file says, to any size and depth.
            throw new IOException("it is broken: " + e, e);
        }
    }

    private void probe(long fileSize) throws IOException, InvalidNetworkException {
        long treeBytes = metadata.nodeCount() * metadata.recordSize() / 4;
        if (treeBytes + SEPARATOR_BYTES > fileSize) {
            throw new IOException("it is broken: its search tree would be larger than the file");
        }
        Networks<Entry> networks = reader.networks(Entry.class);
        for (int i = 0; i < PROBED_NETWORKS && networks.hasNext(); i++) {
            if (place(networks.next().data()) != null) {
                return;
            }
        }
        throw new IOException("it is of type " + metadata.databaseType() + " and tells neither places nor countries");
    }

    /** Where the address is, or {@code null} where that is unknown. */
    @Nullable
    GeoPoint find(InetAddress address) {
        if (address instanceof Inet6Address && metadata.ipVersion() == 4) {
            return null;
        }
        try {
            return place(reader.get(address, Entry.class));
        } catch (IOException | RuntimeException e) {
            if (!warned.getAndSet(true)) {
                log.warn("Geo database: an entry cannot be read, its clients have no place", e);
            }
            return null;
        }
    }

    private static @Nullable GeoPoint place(@Nullable Entry entry) {
        if (entry == null) {
            return null;
        }
        Location location = entry.location();
        if (location != null && location.latitude() != null && location.longitude() != null) {
            GeoPoint point = GeoPoint.orNull(
                    location.latitude().doubleValue(), location.longitude().doubleValue());
            if (point != null) {
                return point;
            }
        }
        Country country = entry.country();
        return country == null || country.code() == null ? null : CountryCentroids.find(country.code());
    }

    @Override
    public String toString() {
        return metadata.databaseType() + " of " + metadata.buildTime();
    }

    // What the reader fills; it is in another package, so they are public, in a class that is not.

    /** An address's entry, as far as it matters here. */
    public record Entry(
            @Nullable Location location, @Nullable Country country) {}

    /** Of either floating-point type, which differs between vendors. */
    public record Location(
            @Nullable Number latitude, @Nullable Number longitude) {}

    /** The country that the client is in, not the one where the network is registered. */
    public record Country(
            @MaxMindDbParameter(name = "iso_code") @Nullable String code) {}
}
