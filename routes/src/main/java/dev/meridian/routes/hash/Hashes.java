package dev.meridian.routes.hash;

/** 64-bit hashes that are the same on every gateway, so that all of them choose alike. */
public final class Hashes {

    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Hashes() {}

    /** FNV-1a over the characters, then mixed. */
    public static long of(CharSequence text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** The n-th of many hashes that follow from one. */
    public static long nth(long hash, int n) {
        return mix(hash + GOLDEN * (n + 1));
    }

    /** The finalizer of SplitMix64: every bit of the input moves every bit of the result. */
    public static long mix(long value) {
        long z = value;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
