package dev.meridian.routes.geo;

import static dev.meridian.routes.geo.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.geo.MmdbFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredLocatorTests {

    private static final GeoPoint BERLIN = new GeoPoint(52.52, 13.4);
    private static final GeoPoint SYDNEY = new GeoPoint(-33.9, 151.2);
    private static final LocationHeaders FIELDS = new LocationHeaders("lat", "lon", "country");
    private static final LocationHeaders NO_FIELDS = new LocationHeaders(null, null, null);
    private static final Map<String, String> SAYS_SYDNEY = Map.of("lat", "-33.9", "lon", "151.2");
    private static final Map<String, String> SAYS_FRANCE = Map.of("country", "FR");

    @TempDir
    Path directory;

    @Test
    void locate_trustedPeer_isBelievedBeforeTheDatabase() throws IOException {
        ConfiguredLocator locator = new ConfiguredLocator(FIELDS, berlin("203.0.113.0/24"));

        assertThat(locator.locate(address("203.0.113.1"), true, SAYS_SYDNEY::get))
                .isEqualTo(SYDNEY);
        assertThat(locator.locate(address("203.0.113.1"), true, SAYS_FRANCE::get))
                .isEqualTo(CountryCentroids.find("FR"));
    }

    @Test
    void locate_anyoneElse_isNot() throws IOException {
        ConfiguredLocator locator = new ConfiguredLocator(FIELDS, berlin("203.0.113.0/24"));

        assertThat(locator.locate(address("203.0.113.1"), false, SAYS_SYDNEY::get))
                .isEqualTo(BERLIN);
        assertThat(locator.locate(address("198.51.100.1"), false, SAYS_SYDNEY::get))
                .isNull();
        assertThat(new ConfiguredLocator(FIELDS, null).locate(address("203.0.113.1"), false, SAYS_FRANCE::get))
                .isNull();
    }

    @Test
    void locate_trustedPeerThatTellsNothing_asksTheDatabase() throws IOException {
        ConfiguredLocator locator = new ConfiguredLocator(FIELDS, berlin("203.0.113.0/24"));

        assertThat(locator.locate(address("203.0.113.1"), true, name -> null)).isEqualTo(BERLIN);
        assertThat(locator.locate(address("203.0.113.1"), true, name -> "rubbish"))
                .isEqualTo(BERLIN);
        assertThat(locator.locate(address("203.0.113.1"), true, Map.of("lat", "95", "lon", "1")::get))
                .isEqualTo(BERLIN);
    }

    @Test
    void locate_unknownClient_hasOnlyTheFields() throws IOException {
        ConfiguredLocator locator = new ConfiguredLocator(FIELDS, berlin("203.0.113.0/24"));

        assertThat(locator.locate(null, true, SAYS_SYDNEY::get)).isEqualTo(SYDNEY);
        assertThat(locator.locate(null, true, name -> null)).isNull();
        assertThat(locator.locate(null, false, SAYS_SYDNEY::get)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "0.0.0.0",
                "224.0.0.1",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "fec0::1",
                "ff02::1",
                "::ffff:10.1.2.3"
            })
    void locate_addressThatIsNotPublic_isNotLookedUp(String literal) throws IOException {
        GeoDatabaseFile everywhere = GeoDatabaseFile.open(MmdbFile.builder()
                .city("::/1", 52.52, 13.4, "DE")
                .city("8000::/1", 52.52, 13.4, "DE")
                .writeTo(directory.resolve("test.mmdb")));
        ConfiguredLocator locator = new ConfiguredLocator(FIELDS, everywhere);

        assertThat(locator.locate(address(literal), false, name -> null)).isNull();
        assertThat(locator.locate(address(literal), true, SAYS_SYDNEY::get)).isEqualTo(SYDNEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8.8.8.8", "100.63.255.255", "100.128.0.0", "172.32.0.1", "11.0.0.1", "2001:db8::1", "fbff::1"})
    void isPublic_othersAre(String literal) {
        assertThat(ConfiguredLocator.isPublic(address(literal))).isTrue();
    }

    @Test
    void locate_nothingConfigured_isNull() {
        ConfiguredLocator locator = new ConfiguredLocator(NO_FIELDS, null);

        assertThat(locator.locate(address("203.0.113.1"), true, name -> "1")).isNull();
        assertThat(locator.isConfigured()).isFalse();
    }

    @Test
    void isConfigured_withEither() throws IOException {
        assertThat(new ConfiguredLocator(FIELDS, null).isConfigured()).isTrue();
        assertThat(new ConfiguredLocator(new LocationHeaders(null, null, "country"), null).isConfigured())
                .isTrue();
        assertThat(new ConfiguredLocator(NO_FIELDS, berlin("203.0.113.0/24")).isConfigured())
                .isTrue();
    }

    private GeoDatabaseFile berlin(String network) throws IOException {
        return GeoDatabaseFile.open(
                MmdbFile.builder().city(network, 52.52, 13.4, "DE").writeTo(directory.resolve("test.mmdb")));
    }
}
