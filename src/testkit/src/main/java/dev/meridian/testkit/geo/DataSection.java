package dev.meridian.testkit.geo;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A <a href="https://maxmind.github.io/MaxMind-DB/#output-data-section">data section</a>. What is in it already is not
 * written again but pointed to, where pointers are wanted.
 */
final class DataSection {

    private static final int STRING = 2;
    private static final int DOUBLE = 3;
    private static final int UINT16 = 5;
    private static final int UINT32 = 6;
    private static final int MAP = 7;
    private static final int INT32 = 8;
    private static final int UINT64 = 9;
    private static final int ARRAY = 11;
    private static final int BOOLEAN = 14;
    private static final int FLOAT = 15;

    /** Beyond this a type stands in a byte of its own. */
    private static final int LAST_SHORT_TYPE = 7;

    private static final int POINTER_11 = 0x20;
    private static final int POINTER_19 = 0x28;
    private static final int POINTER_27 = 0x30;
    private static final int FIRST_OF_19 = 1 << 11;
    private static final int FIRST_OF_27 = FIRST_OF_19 + (1 << 19);

    private final boolean pointers;
    private final ByteSink out = new ByteSink();
    private final Map<Object, Integer> written = new HashMap<>();

    DataSection(boolean pointers) {
        this.pointers = pointers;
    }

    /** An unsigned number of a width that is fixed by the format. */
    private record Unsigned(int type, long value, int bytes) {}

    static Object uint16(int value) {
        return new Unsigned(UINT16, value, 2);
    }

    static Object uint32(long value) {
        return new Unsigned(UINT32, value, 4);
    }

    static Object uint64(long value) {
        return new Unsigned(UINT64, value, 8);
    }

    /** @return where the value begins, for a record of the tree */
    int add(Map<String, ?> entry) {
        Integer before = written.get(entry);
        if (before != null) {
            return before;
        }
        int offset = out.size();
        write(entry);
        return offset;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private void value(Object value) {
        Integer before = pointers ? written.get(value) : null;
        if (before != null) {
            pointer(before);
        } else {
            write(value);
        }
    }

    private void write(Object value) {
        if (value instanceof String || value instanceof Map) {
            written.put(value, out.size());
        }
        if (value instanceof Map<?, ?> map) {
            control(MAP, map.size());
            map.forEach((key, each) -> {
                value(key);
                value(each);
            });
        } else if (value instanceof List<?> list) {
            control(ARRAY, list.size());
            list.forEach(this::value);
        } else {
            scalar(value);
        }
    }

    private void scalar(Object value) {
        if (value instanceof String string) {
            byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
            control(STRING, bytes.length);
            out.bytes(bytes);
        } else if (value instanceof Unsigned number) {
            control(number.type(), number.bytes());
            out.number(number.value(), number.bytes());
        } else if (value instanceof Double number) {
            control(DOUBLE, 8);
            out.number(Double.doubleToLongBits(number), 8);
        } else if (value instanceof Float number) {
            control(FLOAT, 4);
            out.number(Float.floatToIntBits(number), 4);
        } else if (value instanceof Integer number) {
            control(INT32, 4);
            out.number(number, 4);
        } else if (value instanceof Long number) {
            scalar(uint64(number));
        } else if (value instanceof Boolean bool) {
            control(BOOLEAN, bool ? 1 : 0);
        } else {
            throw new IllegalArgumentException("data: " + value + " (expected: a type of the format)");
        }
    }

    private void control(int type, int size) {
        int small = size < 29 ? size : size < 285 ? 29 : size < 65_821 ? 30 : 31;
        if (type > LAST_SHORT_TYPE) {
            out.number(small, 1);
            out.number(type - LAST_SHORT_TYPE, 1);
        } else {
            out.number((long) type << 5 | small, 1);
        }
        switch (small) {
            case 29 -> out.number(size - 29, 1);
            case 30 -> out.number(size - 285, 2);
            case 31 -> out.number(size - 65_821, 3);
            default -> {}
        }
    }

    private void pointer(int offset) {
        if (offset < FIRST_OF_19) {
            out.number((long) POINTER_11 << 8 | offset, 2);
        } else if (offset < FIRST_OF_27) {
            out.number((long) POINTER_19 << 16 | offset - FIRST_OF_19, 3);
        } else {
            out.number((long) POINTER_27 << 24 | offset - FIRST_OF_27, 4);
        }
    }
}
