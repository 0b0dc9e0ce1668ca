package dev.meridian.routes.geo;

import dev.meridian.routes.definition.CheckedAtStart;
import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks the fields of a trusted proxy first, then the database. */
final class ConfiguredLocator implements ClientLocator, CheckedAtStart, AutoCloseable {

    private final LocationHeaders headers;
    private final @Nullable GeoDatabaseFile database;

    ConfiguredLocator(LocationHeaders headers, @Nullable GeoDatabaseFile database) {
        this.headers = headers;
        this.database = database;
    }

    /** Begins to follow the database's file. */
    ConfiguredLocator start(Duration reloadInterval) {
        if (database != null) {
            database.watch(reloadInterval);
        }
        return this;
    }

    @Override
    public @Nullable GeoPoint locate(@Nullable InetAddress client, boolean peerTrusted, HeaderLookup headers) {
        GeoPoint told = peerTrusted ? this.headers.read(headers) : null;
        if (told != null || client == null || database == null || !isPublic(client)) {
            return told;
        }
        return database.find(client);
    }

    @Override
    public boolean isConfigured() {
        return database != null || !headers.isEmpty();
    }

    @Override
    public void close() {
        if (database != null) {
            database.close();
        }
    }

    /** Whether the address means the same host everywhere; any other may be anywhere, whatever a database says. */
    static boolean isPublic(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isSiteLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && !isSharedOrUniqueLocal(address.getAddress());
    }

    /**
     * 100.64.0.0/10 of <a href="https://www.rfc-editor.org/rfc/rfc6598#section-7">RFC 6598 §7</a> and fc00::/7 of <a
     * href="https://www.rfc-editor.org/rfc/rfc4193#section-3.1">RFC 4193 §3.1</a>.
     */
    private static boolean isSharedOrUniqueLocal(byte[] address) {
        return address.length == 4 ? address[0] == 100 && (address[1] & 0xC0) == 0x40 : (address[0] & 0xFE) == 0xFC;
    }
}
