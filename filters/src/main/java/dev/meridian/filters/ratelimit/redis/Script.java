package dev.meridian.filters.ratelimit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A script that Redis runs; it answers with whole numbers. */
public enum Script {

    /** Takes units of one key. */
    TAKE("take.lua"),
    /** Forgets one key. */
    FORGET("forget.lua"),
    /** Says that this gateway is alive. */
    HEARTBEAT("heartbeat.lua");

    private final byte[] text;
    private final byte[] digest;

    Script(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing beside " + Script.class.getName());
            }
            this.text = in.readAllBytes();
            this.digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text))
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** Reads all scripts, where reading is allowed: whoever sends them later is in an event loop. */
    static void load() {
        // Whoever calls this has the class initialised.
    }

    byte[] text() {
        return text;
    }

    /** What Redis knows it by once it has it. */
    byte[] digest() {
        return digest;
    }
}
