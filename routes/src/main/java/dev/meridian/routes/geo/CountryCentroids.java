package dev.meridian.routes.geo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The middle of each country, to about a degree. The table is read when this class is first used: use it at start, not on
 * an event loop.
 */
final class CountryCentroids {

    private static final String FILE = "country-centroids.csv";
    private static final Map<String, GeoPoint> BY_CODE = read();

    private CountryCentroids() {}

    /** Reads the table unless that is done. */
    static void load() {
        // Whoever calls this has initialised the class.
    }

    /** The middle of the country with this code of ISO 3166-1 alpha-2 in any case, or {@code null} where there is none. */
    static @Nullable GeoPoint find(String code) {
        return code.length() == 2 ? BY_CODE.get(code.toUpperCase(Locale.ROOT)) : null;
    }

    static Map<String, GeoPoint> all() {
        return BY_CODE;
    }

    private static Map<String, GeoPoint> read() {
        Map<String, GeoPoint> byCode = new HashMap<>();
        try (InputStream file = CountryCentroids.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IOException(FILE + " is not on the class path");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] fields = line.split(",", -1);
                    byCode.put(fields[0], new GeoPoint(Double.parseDouble(fields[1]), Double.parseDouble(fields[2])));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(byCode);
    }
}
