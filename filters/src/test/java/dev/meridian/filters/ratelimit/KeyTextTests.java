package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.random.SeededRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTextTests {

    /** What stands for something in a store, and what no charset has. */
    private static final String ODD = "ab|#{}*?[]\\:/\0\r\n \u00e9\ud83d\ude00\ud800\udfff\uffff";

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "fd00:0:0:1::/64", "user@example.com", "/api/v1/orders", "A-z_9"})
    void plainAndShort_staysAsItIs(String part) {
        assertThat(KeyText.of(part, false)).isEqualTo(part);
        assertThat(KeyText.isHash(KeyText.of(part, false))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a|b", "#a", "{a}", "a\r\nb", "\u0000", "\u00e9", "\ud800", "*", "a\"b"})
    void anythingElse_isHashed(String part) {
        assertThat(KeyText.of(part, false)).matches("#[0-9a-f]{32}");
        assertThat(KeyText.isHash(KeyText.of(part, false))).isTrue();
    }

    @Test
    void hash_isTheBeginningOfTheSha256_ofTheUtf8() {
        // printf abc | sha256sum
        assertThat(KeyText.of("abc", true)).isEqualTo("#ba7816bf8f01cfea414140de5dae2223");
    }

    @Test
    void length_isBounded_howeverLongTheValue() {
        assertThat(KeyText.of("a".repeat(64), false)).hasSize(64);
        assertThat(KeyText.of("a".repeat(65), false)).hasSize(33);
        assertThat(KeyText.of("x".repeat(10_240), false)).hasSize(33);
        assertThat(KeyText.of(List.of("x".repeat(10_240), "y".repeat(10_240)), false))
                .hasSize(67);
    }

    @Test
    void hashOfAHash_isAnother() {
        String hash = KeyText.of("secret", true);
        assertThat(KeyText.of(hash, false)).isNotEqualTo(hash);
        assertThat(KeyText.of(hash, true)).isNotEqualTo(hash);
    }

    @Test
    void differentKeys_neverHaveTheSameText() {
        SeededRandom random = new SeededRandom(31);
        for (boolean hashed : new boolean[] {false, true}) {
            Map<String, List<String>> seen = new HashMap<>();
            for (int round = 0; round < 20_000; round++) {
                List<String> parts = new ArrayList<>();
                int count = random.nextInt(1, 4);
                for (int i = 0; i < count; i++) {
                    parts.add(text(random));
                }
                List<String> before = seen.put(KeyText.of(parts, hashed), parts);
                assertThat(before == null || before.equals(parts))
                        .as("%s and %s", before, parts)
                        .isTrue();
            }
        }
    }

    @Test
    void textIsOfCharactersThatStandForNothingElse() {
        SeededRandom random = new SeededRandom(32);
        for (int round = 0; round < 10_000; round++) {
            assertThat(KeyText.of(List.of(text(random), text(random)), false)).matches("[A-Za-z0-9.:/_@#|-]+");
        }
    }

    private static String text(SeededRandom random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            text.append(ODD.charAt(random.nextInt(ODD.length())));
        }
        return text.toString();
    }
}
