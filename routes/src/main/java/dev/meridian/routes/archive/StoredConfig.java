package dev.meridian.routes.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * What was read of a configuration, as it was read: the sources outside the application in their order, with the origin of
 * each value, and the profiles that were active. Immutable; compressed, since many are kept.
 */
public final class StoredConfig {

    private final byte[] compressed;
    private final String hash;

    private StoredConfig(byte[] compressed, String hash) {
        this.compressed = compressed;
        this.hash = hash;
    }

    /** Takes down what an environment has from outside. */
    public static StoredConfig of(ConfigurableEnvironment environment) {
        return of(List.of(environment.getActiveProfiles()), ReadSources.outside(environment));
    }

    static StoredConfig of(List<String> profiles, List<PropertySource<?>> sources) {
        MessageDigest content = sha256();
        profiles.forEach(profile -> update(content, profile));
        byte[] compressed = compressed(out -> {
            try (StoredConfigWriter writer = new StoredConfigWriter(out)) {
                writer.begin(profiles);
                for (PropertySource<?> source : sources) {
                    write(source, writer, content);
                }
                writer.end();
            }
        });
        return new StoredConfig(compressed, HexFormat.of().formatHex(content.digest()));
    }

    /** @throws IOException where it is not what {@link #writeTo} wrote */
    static StoredConfig read(InputStream in) throws IOException {
        StoredConfigReader.Content content = StoredConfigReader.read(in);
        return of(content.profiles(), content.sources());
    }

    private static void write(PropertySource<?> source, StoredConfigWriter writer, MessageDigest content) {
        if (!(source instanceof EnumerablePropertySource<?> enumerable)) {
            return;
        }
        // What the server says of itself changes with each commit, whether that concerns this gateway or not.
        boolean counts = !source.getName().equals(ReadSources.SERVER);
        writer.beginSource(source.getName());
        for (String key : enumerable.getPropertyNames()) {
            Object value = enumerable.getProperty(key);
            Origin origin = OriginLookup.getOrigin(source, key);
            writer.value(key, value, origin == null ? null : origin.toString());
            if (counts) {
                update(content, key);
                update(content, value == null ? "" : value.toString());
            }
        }
        writer.endSource();
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** SHA-256 of profiles, keys and values, in hexadecimal: the same wherever and in whichever lines they stand. */
    public String hash() {
        return hash;
    }

    /** The profiles that were active. */
    public List<String> profiles() {
        return content().profiles();
    }

    /** The sources anew, with their names and in their order. */
    public List<PropertySource<?>> sources() {
        return content().sources();
    }

    private StoredConfigReader.Content content() {
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
            return StoredConfigReader.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writeTo(OutputStream out) throws IOException {
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
            in.transferTo(out);
        }
    }

    private static byte[] compressed(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (OutputStream out = new DeflaterOutputStream(bytes, fast, 1 << 16)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fast.end();
        }
        return bytes.toByteArray();
    }

    @FunctionalInterface
    private interface Writing {
        void to(OutputStream out) throws IOException;
    }
}
