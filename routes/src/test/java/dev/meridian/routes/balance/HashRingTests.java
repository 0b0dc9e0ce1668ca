package dev.meridian.routes.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.hash.Hashes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashRingTests {

    @Test
    void position_pastTheLastPoint_isTheFirst() {
        HashRing ring = new HashRing(Pool.alike(3).region());

        assertThat(ring.position(Long.MAX_VALUE)).isZero();
        assertThat(ring.position(Long.MIN_VALUE)).isZero();
    }

    @Test
    void size_isByWeight() {
        assertThat(new HashRing(Pool.of(1).region()).size()).isEqualTo(256);
        assertThat(new HashRing(Pool.of(1, 3).region()).size()).isEqualTo(512);
        assertThat(new HashRing(Pool.of(1, 1000).region()).size()).isBetween(512, 514);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void owner_everyPosition_isOneOfThem(int size) {
        HashRing ring = new HashRing(Pool.alike(size).region());
        boolean[] seen = new boolean[size];
        for (int i = 0; i < ring.size(); i++) {
            seen[ring.owner(i)] = true;
        }

        assertThat(seen).containsOnly(true);
    }

    @Test
    void of_text_isTheSameEverywhere() {
        assertThat(Hashes.of("10.1.2.3")).isEqualTo(Hashes.of(new StringBuilder("10.1.2.3")));
        assertThat(Hashes.of("")).isNotEqualTo(Hashes.of("a")).isNotEqualTo(0);
        // fixed: gateways of different versions share the work
        assertThat(Hashes.of("a")).isEqualTo(HASH_OF_A);
    }

    private static final long HASH_OF_A = splitMix((0xcbf29ce484222325L ^ 'a') * 0x100000001b3L);

    private static long splitMix(long value) {
        long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
