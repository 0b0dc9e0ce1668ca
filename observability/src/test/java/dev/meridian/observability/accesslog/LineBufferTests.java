package dev.meridian.observability.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineBufferTests {

    private final LineBuffer buffer = new LineBuffer(1);

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 9, 10, 99, 100, 1234567890, Long.MAX_VALUE, -1, -42, Long.MIN_VALUE})
    void number_any_isDecimal(long value) {
        assertThat(Entries.text(buffer.number(value))).isEqualTo(Long.toString(value));
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4",
        "255.255.255.255, 255.255.255.255",
        "0.0.0.0, 0.0.0.0",
        "::1, ::1",
        "2001:db8:0:0:0:0:0:1, 2001:db8::1",
        "2001:DB8::A:0:0:1, 2001:db8::a:0:0:1",
        "fe80::1, fe80::1",
    })
    void address_v4AndV6_isCanonical(String literal, String expected) {
        assertThat(Entries.text(buffer.address(Entries.address(literal)))).isEqualTo(expected);
    }

    @Test
    void escaped_printableAscii_staysAsItIs() {
        String plain = "/api/orders;v=1/a%20b~!$&'()*+,-.:=?@[]^_`{|}<>#";

        assertThat(Entries.text(buffer.escaped(plain))).isEqualTo(plain);
    }

    @Test
    void escaped_quotesAndBackslashes_areEscaped() {
        assertThat(Entries.text(buffer.escaped("a\"b\\c"))).isEqualTo("a\\\"b\\\\c");
    }

    @Test
    void escaped_everyControlCharacter_isEscaped() {
        for (char c = 0; c < 0xa0; c++) {
            if (Character.isISOControl(c)) {
                buffer.truncate(0);
                assertThat(Entries.text(buffer.escaped("a" + c + "b"))).isEqualTo("a\\u%04xb".formatted((int) c));
            }
        }
    }

    @Test
    void escaped_lineSeparators_areEscaped() {
        assertThat(Entries.text(buffer.escaped("a\u2028b\u2029c"))).isEqualTo("a\\u2028b\\u2029c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "߿", "ࠀ", "日本語", "\uffff", "😀", "a😀b𝄞c", "\udbff\udfff"})
    void escaped_unicode_isUtf8(String text) {
        assertThat(Entries.text(buffer.escaped(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud83d", "a\ud83db", "\ude00", "\ude00\ud83d", "\ud83d\ud83d"})
    void escaped_halfASurrogatePair_isReplaced(String text) {
        String written = Entries.text(buffer.escaped(text));

        assertThat(written).isEqualTo(text.replace('\ud83d', '\ufffd').replace('\ude00', '\ufffd'));
    }

    @Test
    void escaped_long_growsTheBuffer() {
        String path = "/" + "\u0000é😀x".repeat(10_000);

        assertThat(Entries.text(buffer.escaped(path))).isEqualTo(path.replace("\u0000", "\\u0000"));
    }

    @Test
    void truncate_forgetsWhatCameAfter() {
        buffer.escaped("kept");
        int length = buffer.length();
        buffer.escaped("not kept").number(1).truncate(length);

        assertThat(Entries.text(buffer.add('!'))).isEqualTo("kept!");
    }
}
