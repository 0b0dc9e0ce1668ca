package dev.meridian.testkit.geo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.maxmind.db.Reader;
import com.maxmind.geoip2.DatabaseReader;
import com.maxmind.geoip2.model.CityResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MmdbFileTest {

    @ParameterizedTest
    @ValueSource(ints = {24, 28, 32})
    void theVendorsReaderFindsWhatWasWritten(int recordSize, @TempDir Path directory) throws Exception {
        Path file = MmdbFile.builder()
                .recordSize(recordSize)
                .city("203.0.113.0/24", 52.5, 13.4, "DE")
                .city("198.51.100.128/25", -33.9, 151.2, "AU")
                .city("2001:db8::/32", 48.9, 2.3, "FR")
                .writeTo(directory.resolve("city.mmdb"));

        try (DatabaseReader reader = new DatabaseReader.Builder(file.toFile()).build()) {
            CityResponse berlin = reader.city(InetAddress.getByName("203.0.113.7"));
            assertThat(berlin.location().latitude()).isEqualTo(52.5);
            assertThat(berlin.location().longitude()).isEqualTo(13.4);
            assertThat(berlin.country().isoCode()).isEqualTo("DE");
            assertThat(reader.city(InetAddress.getByName("198.51.100.200"))
                            .location()
                            .latitude())
                    .isEqualTo(-33.9);
            assertThat(reader.tryCity(InetAddress.getByName("198.51.100.1"))).isEmpty();
            assertThat(reader.city(InetAddress.getByName("2001:db8:ffff::1"))
                            .country()
                            .isoCode())
                    .isEqualTo("FR");
            assertThat(reader.tryCity(InetAddress.getByName("2001:db9::1"))).isEmpty();
            assertThat(reader.metadata().recordSize()).isEqualTo(recordSize);
        }
    }

    @Test
    void theVendorsReaderTakesACountryDatabaseOfIpv4(@TempDir Path directory) throws Exception {
        Path file = MmdbFile.builder()
                .databaseType("GeoLite2-Country")
                .ipVersion(4)
                .country("203.0.113.7/32", "BR")
                .writeTo(directory.resolve("country.mmdb"));

        try (DatabaseReader reader = new DatabaseReader.Builder(file.toFile()).build()) {
            assertThat(reader.country(InetAddress.getByName("203.0.113.7"))
                            .country()
                            .isoCode())
                    .isEqualTo("BR");
            assertThat(reader.tryCountry(InetAddress.getByName("203.0.113.6"))).isEmpty();
        }
    }

    @Test
    void theNarrowerNetworkCounts() throws IOException {
        MmdbFile file = MmdbFile.builder()
                .network("203.0.0.0/16", Map.of("name", "wide"))
                .network("203.0.113.0/24", Map.of("name", "narrow"))
                .build();

        assertThat(find(file, "203.0.113.1")).isEqualTo(Map.of("name", "narrow"));
        assertThat(find(file, "203.0.112.1")).isEqualTo(Map.of("name", "wide"));
        assertThat(find(file, "203.0.114.1")).isEqualTo(Map.of("name", "wide"));
    }

    @Test
    void dataOfEveryTypeAndSizeIsReadBack() throws IOException {
        Map<String, ?> data = Map.of(
                "int",
                -7,
                "long",
                1L << 40,
                "float",
                1.5f,
                "double",
                -2.25,
                "yes",
                true,
                "no",
                false,
                "list",
                List.of("a", "b", 3),
                "text29",
                "x".repeat(29),
                "text285",
                "ü".repeat(200),
                "text65821",
                "z".repeat(70_000));

        Map<?, ?> read = find(MmdbFile.builder().network("10.0.0.0/8", data).build(), "10.1.2.3");

        assertThat(read).hasSameSizeAs(data);
        data.forEach((key, value) -> assertThat(String.valueOf(read.get(key))).isEqualTo(String.valueOf(value)));
    }

    @Test
    void pointersReachAsFarAsTheData() throws IOException {
        MmdbFile.Builder builder = MmdbFile.builder().ipVersion(4);
        // Texts that come again, from the first bytes up to beyond 2^11 and 2^19.
        for (int i = 0; i < 200; i++) {
            builder.network("10.0." + i + ".0/24", Map.of("a" + i, text(i), "list", List.of(text(i), text(i / 2))));
        }
        MmdbFile file = builder.build();

        assertThat(file.bytes().length).isGreaterThan((1 << 19) + (1 << 11));
        for (int i = 0; i < 200; i++) {
            assertThat(find(file, "10.0." + i + ".1"))
                    .isEqualTo(Map.of("a" + i, text(i), "list", List.of(text(i), text(i / 2))));
        }
    }

    @Test
    void refusesWhatTheFormatHasNot() {
        assertThatThrownBy(() -> MmdbFile.builder().recordSize(20).build())
                .hasMessageContaining("expected: 24, 28 or 32");
        assertThatThrownBy(() -> MmdbFile.builder().ipVersion(5).build()).hasMessageContaining("expected: 4 or 6");
        assertThatThrownBy(() -> MmdbFile.builder()
                        .ipVersion(4)
                        .country("2001:db8::/32", "FR")
                        .build())
                .hasMessageContaining("expected: IPv4");
        assertThatThrownBy(
                        () -> MmdbFile.builder().country("example.com/8", "FR").build())
                .hasMessageContaining("expected: a literal address");
    }

    private static String text(int i) {
        return i + "-".repeat(4_000);
    }

    private static Map<?, ?> find(MmdbFile file, String address) throws IOException {
        try (Reader reader = new Reader(new ByteArrayInputStream(file.bytes()))) {
            return reader.get(InetAddress.getByName(address), Map.class);
        }
    }
}
