package dev.meridian.routes.geo;

import static dev.meridian.routes.geo.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.meridian.testkit.geo.MmdbFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeoDatabaseTests {

    private static final GeoPoint BERLIN = new GeoPoint(52.52, 13.4);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {24, 28, 32})
    void find_placesOfBothVersionsOfIp(int recordSize) throws IOException {
        GeoDatabase database = open(MmdbFile.builder()
                .recordSize(recordSize)
                .city("203.0.113.0/24", 52.52, 13.4, "DE")
                .city("2001:db8::/32", -33.9, 151.2, "AU"));

        assertThat(database.find(address("203.0.113.255"))).isEqualTo(BERLIN);
        assertThat(database.find(address("::ffff:203.0.113.1"))).isEqualTo(BERLIN);
        assertThat(database.find(address("2001:db8:1::1"))).isEqualTo(new GeoPoint(-33.9, 151.2));
        assertThat(database.find(address("203.0.114.1"))).isNull();
        assertThat(database.find(address("2001:db9::1"))).isNull();
    }

    @Test
    void find_countryAlone_isItsMiddle() throws IOException {
        GeoDatabase database = open(MmdbFile.builder()
                .databaseType("GeoLite2-Country")
                .country("203.0.113.0/24", "DE")
                .country("198.51.100.0/24", "ZZ"));

        assertThat(database.find(address("203.0.113.1"))).isEqualTo(CountryCentroids.find("DE"));
        assertThat(database.find(address("198.51.100.1"))).isNull();
    }

    @Test
    void find_entriesThatMissSomething() throws IOException {
        GeoDatabase database = open(MmdbFile.builder()
                .network(
                        "203.0.113.0/32",
                        Map.of("location", Map.of("latitude", 99.0, "longitude", 1.0), "country", country("DE")))
                .network("203.0.113.1/32", Map.of("location", Map.of("latitude", 1.0), "country", country("DE")))
                .network("203.0.113.2/32", Map.of("location", Map.of("latitude", 1.5f, "longitude", 2.5f)))
                .network("203.0.113.3/32", Map.of("location", Map.of("accuracy_radius", 5)))
                .network("203.0.113.4/32", Map.of("country", Map.of("geoname_id", 5)))
                .network("203.0.113.5/32", Map.of("registered_country", country("DE"))));

        assertThat(database.find(address("203.0.113.0"))).isEqualTo(CountryCentroids.find("DE"));
        assertThat(database.find(address("203.0.113.1"))).isEqualTo(CountryCentroids.find("DE"));
        assertThat(database.find(address("203.0.113.2"))).isEqualTo(new GeoPoint(1.5, 2.5));
        assertThat(database.find(address("203.0.113.3"))).isNull();
        assertThat(database.find(address("203.0.113.4"))).isNull();
        assertThat(database.find(address("203.0.113.5"))).isNull();
    }

    @Test
    void find_ipv6InADatabaseOfIpv4_isNull() throws IOException {
        GeoDatabase database = open(MmdbFile.builder().ipVersion(4).city("203.0.113.0/24", 52.52, 13.4, "DE"));

        assertThat(database.find(address("203.0.113.1"))).isEqualTo(BERLIN);
        assertThat(database.find(address("2001:db8::1"))).isNull();
    }

    @Test
    void find_anEntryThatCannotBeRead_isNullAndSaidOnce() throws IOException {
        GeoDatabase database = open(MmdbFile.builder()
                .city("198.51.100.0/24", 52.52, 13.4, "DE")
                .network("203.0.113.0/24", Map.of("country", "DE")));

        try (LogLines log = new LogLines(GeoDatabase.class)) {
            assertThat(database.find(address("203.0.113.1"))).isNull();
            assertThat(database.find(address("203.0.113.2"))).isNull();
            assertThat(database.find(address("198.51.100.1"))).isEqualTo(BERLIN);
            assertThat(log.lines())
                    .containsExactly("WARN Geo database: an entry cannot be read, its clients have no place");
        }
    }

    @Test
    void open_missing() {
        assertRefused(directory.resolve("none.mmdb"), "there is no such file");
    }

    @Test
    void open_directory() {
        assertRefused(directory, "it is not a file");
    }

    @Test
    void open_empty() throws IOException {
        assertRefused(Files.createFile(directory.resolve("empty")), "metadata marker");
    }

    @Test
    void open_anotherFormat() throws IOException {
        assertRefused(Files.writeString(directory.resolve("text"), "203.0.113.0/24,DE\n"), "metadata marker");
    }

    @Test
    void open_brokenOff() throws IOException {
        byte[] whole = MmdbFile.builder()
                .city("203.0.113.0/24", 52.52, 13.4, "DE")
                .build()
                .bytes();
        for (int length = 0; length < whole.length; length += 7) {
            assertRefused(Files.write(directory.resolve("part"), Arrays.copyOf(whole, length)), "");
        }
    }

    @Test
    void open_withoutItsBeginning() throws IOException {
        byte[] whole = MmdbFile.builder()
                .city("203.0.113.0/24", 52.52, 13.4, "DE")
                .build()
                .bytes();

        assertRefused(
                Files.write(directory.resolve("part"), Arrays.copyOfRange(whole, whole.length - 300, whole.length)),
                "larger than the file");
    }

    @Test
    void open_dataOfZeros() throws IOException {
        byte[] whole = MmdbFile.builder()
                .city("203.0.113.0/24", 52.52, 13.4, "DE")
                .build()
                .bytes();
        Arrays.fill(whole, 0, whole.length - 250, (byte) 0);

        assertRefused(Files.write(directory.resolve("zeros"), whole), "");
    }

    @Test
    void open_databaseOfSomethingElse() {
        Path file = MmdbFile.builder()
                .databaseType("GeoLite2-ASN")
                .network("203.0.113.0/24", Map.of("autonomous_system_number", 64496))
                .writeTo(directory.resolve("asn.mmdb"));

        assertRefused(file, "it is of type GeoLite2-ASN and tells neither places nor countries");
    }

    @Test
    void open_anotherLayout() {
        Path file = MmdbFile.builder()
                .databaseType("other")
                .network("203.0.113.0/24", Map.of("country", "DE"))
                .writeTo(directory.resolve("other.mmdb"));

        assertRefused(file, "it is broken");
    }

    @Test
    void toString_isWhatAnOperatorLooksFor() throws IOException {
        assertThat(open(MmdbFile.builder().country("203.0.113.0/24", "DE")))
                .hasToString("GeoLite2-City of 2023-11-14T22:13:20Z");
    }

    private static void assertRefused(Path file, String reason) {
        assertThatIOException().isThrownBy(() -> GeoDatabase.open(file)).withMessageContaining(reason);
    }

    private static Map<String, String> country(String code) {
        return Map.of("iso_code", code);
    }

    private GeoDatabase open(MmdbFile.Builder builder) throws IOException {
        return GeoDatabase.open(builder.writeTo(directory.resolve("test.mmdb")));
    }
}
