package dev.meridian.routes.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

class StoredConfigTests {

    private static final String YAML = """
            a:
              text: "tab\\t, \\"quotes\\", ünïcode \\U0001F600"
              number: 42
              big: 12345678901234567890
              fraction: 1.50
              flag: true
              list: [x, y]
              nothing: ""
            """;

    private static StoredConfig again(StoredConfig config) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        config.writeTo(bytes);
        return StoredConfig.read(new ByteArrayInputStream(bytes.toByteArray()));
    }

    @Test
    void sources_haveValuesAndOriginsAsTheyWereRead() throws IOException {
        PropertySource<?> read = Read.file("/etc/gateway.yml", YAML);
        PropertySource<?> source =
                again(StoredConfig.of(Read.environment(read))).sources().get(0);

        assertThat(source.getName()).isEqualTo(read.getName());
        for (String key : List.of("a.text", "a.number", "a.big", "a.flag", "a.list[0]", "a.list[1]", "a.nothing")) {
            assertThat(source.getProperty(key)).as(key).isEqualTo(read.getProperty(key));
            assertThat(String.valueOf(OriginLookup.getOrigin(source, key)))
                    .as(key)
                    .isEqualTo(String.valueOf(OriginLookup.getOrigin(read, key)))
                    .contains("gateway.yml");
        }
        assertThat(String.valueOf(source.getProperty("a.fraction"))).isEqualTo("1.5");
    }

    @Test
    void sources_keepTypesAndDoWithoutOrigins() throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("int", 1);
        values.put("long", Long.MAX_VALUE);
        values.put("big", BigInteger.TWO.pow(100));
        values.put("decimal", new BigDecimal("0.10"));
        values.put("double", 2.5);
        values.put("false", false);
        values.put("other", Read.TIME);
        PropertySource<?> source = again(
                        StoredConfig.of(Read.environment(new MapPropertySource("Config tree '/secrets'", values))))
                .sources()
                .get(0);

        assertThat(source.getProperty("int")).isEqualTo(1);
        assertThat(source.getProperty("long")).isEqualTo(Long.MAX_VALUE);
        assertThat(source.getProperty("big")).isEqualTo(BigInteger.TWO.pow(100));
        assertThat(new BigDecimal(String.valueOf(source.getProperty("decimal"))))
                .isEqualByComparingTo("0.1");
        assertThat(source.getProperty("false")).isEqualTo(false);
        assertThat(source.getProperty("other")).isEqualTo(Read.TIME.toString());
        assertThat(OriginLookup.getOrigin(source, "int")).isNull();
    }

    @Test
    void sources_areThoseFromOutsideInTheirOrder() {
        StandardEnvironment environment = Read.environment(
                new MapPropertySource("commandLineArgs", Map.of("a", 1)),
                Read.version("abc"),
                Read.file("/b.yml", "a: 2"),
                Read.file("/a.yml", "a: 3"),
                new MapPropertySource("Config resource 'class path resource [application.yml]'", Map.of("a", 4)));

        assertThat(StoredConfig.of(environment).sources())
                .extracting(PropertySource::getName)
                .satisfiesExactly(
                        name -> assertThat(name).isEqualTo(ReadSources.SERVER),
                        name -> assertThat(name).contains("/b.yml"),
                        name -> assertThat(name).contains("/a.yml"));
    }

    @Test
    void profiles_areThoseThatWereActive() throws IOException {
        StandardEnvironment environment = Read.environment();
        environment.setActiveProfiles("one", "two");

        assertThat(again(StoredConfig.of(environment)).profiles()).containsExactly("one", "two");
    }

    @Test
    void hash_isTheSameWhereverValuesStand() throws IOException {
        StoredConfig config = StoredConfig.of(Read.environment(Read.file("/a.yml", "a: 1\nb: 2")));

        assertThat(StoredConfig.of(Read.environment(Read.file("/other.yml", "# a comment\n\na: 1\n\nb: 2")))
                        .hash())
                .isEqualTo(config.hash())
                .hasSize(64);
        assertThat(again(config).hash()).isEqualTo(config.hash());
    }

    @Test
    void hash_isTheSameWhateverVersionTheServerGivesIt() {
        PropertySource<?> file = Read.file("/a.yml", "a: 1");

        assertThat(StoredConfig.of(Read.environment(Read.version("one"), file)).hash())
                .isEqualTo(StoredConfig.of(Read.environment(Read.version("two"), file))
                        .hash())
                .isEqualTo(StoredConfig.of(Read.environment(file)).hash());
    }

    @Test
    void hash_tellsKeysValuesOrderAndProfilesApart() {
        StandardEnvironment withProfile = Read.environment(Read.file("/a.yml", "a: 1"));
        withProfile.setActiveProfiles("a");

        assertThat(List.of(
                        Read.stored("a: 1").hash(),
                        Read.stored("a: 2").hash(),
                        Read.stored("b: 1").hash(),
                        Read.stored("a: 1\nb: 1").hash(),
                        Read.stored("b: 1\na: 1").hash(),
                        StoredConfig.of(withProfile).hash()))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "rubbish",
                "[]",
                "{}",
                "{\"profiles\": []}",
                "{\"profiles\": {}, \"sources\": []}",
                "{\"profiles\": [], \"sources\": [1]}",
                "{\"profiles\": [], \"sources\": [{\"name\": \"a\", \"values\": {\"k\": 1}}]}",
                "{\"profiles\": [], \"sources\": [{\"name\": \"a\", \"values\": {\"k\": [[]]}}]}",
                "{\"profiles\": [], \"sources\": [{\"name\": \"a\", \"values\": {\"k\": [1, \"o\", 2]}}]}",
                "{\"profiles\": [], \"sources\": [{\"name\": \"a\", \"values\": {\"k\": [1"
            })
    void read_somethingElse_isRefused(String text) {
        assertThatThrownBy(() -> StoredConfig.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no stored configuration");
    }
}
