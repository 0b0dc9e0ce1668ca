package dev.meridian.testkit.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the parts of HTTP/1.1 messages as RFC 9112 writes them, and forgives nothing. */
public final class MessageReader {

    /** More than any server or gateway lets through, so that only a runaway sender meets it. In bytes. */
    private static final int HEAD_LIMIT = 1024 * 1024;

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final WireInput in;

    /** Reads from {@code in}. */
    public MessageReader(WireInput in) {
        this.in = in;
    }

    /** The next head, or null when the connection ended before its first byte. */
    public @Nullable Head head() throws IOException {
        if (in.peek() < 0) {
            return null;
        }
        String start = line("in the start line");
        if (start.isEmpty()) {
            throw new MalformedMessageException("start line: empty (expected: a request or status line)");
        }
        return new Head(start, fields("in the header fields"));
    }

    /** A body of known length in bytes. */
    public void fixed(long length, BodyCollector into) throws IOException {
        long left = length;
        while (left > 0) {
            int count = in.transfer(left, into);
            if (count < 0) {
                throw new BrokenOffException(
                        "after " + (length - left) + " bytes of the body (expected: " + length + ")");
            }
            left -= count;
        }
    }

    /** A chunked body; returns its trailer fields. */
    public Headers chunked(BodyCollector into) throws IOException {
        while (true) {
            long size = chunkSize(line("in a chunk's size"));
            if (size == 0) {
                return fields("in the trailer fields");
            }
            fixed(size, into);
            String end = line("after a chunk");
            if (!end.isEmpty()) {
                throw new MalformedMessageException("after a chunk: " + end + " (expected: CRLF)");
            }
        }
    }

    /** A body that only the end of the connection delimits. */
    public void untilClosed(BodyCollector into) throws IOException {
        int count;
        do {
            count = in.transfer(Long.MAX_VALUE, into);
        } while (count >= 0);
    }

    private static long chunkSize(String line) {
        int extension = line.indexOf(';');
        String digits = extension < 0 ? line : line.substring(0, extension).stripTrailing();
        if (!digits.matches("[0-9A-Fa-f]{1,15}")) {
            throw new MalformedMessageException("chunk size: " + line + " (expected: hexadecimal digits)");
        }
        return Long.parseLong(digits, 16);
    }

    private Headers fields(String where) throws IOException {
        List<Header> fields = new ArrayList<>();
        int size = 0;
        for (String line = line(where); !line.isEmpty(); line = line(where)) {
            size += line.length();
            if (size > HEAD_LIMIT) {
                throw new MalformedMessageException(
                        "header fields: " + size + " bytes (expected: <= " + HEAD_LIMIT + ")");
            }
            fields.add(field(line));
        }
        return Headers.of(fields);
    }

    private static Header field(String line) {
        int colon = line.indexOf(':');
        if (colon < 0 || !isToken(line.substring(0, colon))) {
            throw new MalformedMessageException("header field: " + line + " (expected: token, colon, value)");
        }
        String value = stripBlanks(line.substring(colon + 1));
        // Control characters would have ended up in the logs and headers of whoever is behind this hop.
        if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f))) {
            throw new MalformedMessageException("header field: " + line + " (expected: no control characters)");
        }
        return new Header(line.substring(0, colon), value);
    }

    private static String stripBlanks(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && blank(value.charAt(from))) {
            from++;
        }
        while (to > from && blank(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    /** Whether {@code word} may be a method or a field's name. */
    public static boolean isToken(String word) {
        return !word.isEmpty() && word.chars().allMatch(MessageReader::tokenCharacter);
    }

    private static boolean tokenCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c != 0 && TOKEN_MARKS.indexOf(c) >= 0);
    }

    /** One line up to CRLF as ISO 8859-1; a CR or LF of its own is an error. */
    private String line(String where) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new BrokenOffException(where);
            }
            if (next == '\n') {
                throw new MalformedMessageException("line: " + line + "\\n (expected: CRLF as its end)");
            }
            if (next == '\r') {
                int after = in.read();
                if (after < 0) {
                    throw new BrokenOffException(where);
                }
                if (after != '\n') {
                    throw new MalformedMessageException("line: " + line + "\\r (expected: CRLF as its end)");
                }
                return line.toString();
            }
            if (line.length() >= HEAD_LIMIT) {
                throw new MalformedMessageException("line: longer than " + HEAD_LIMIT + " bytes " + where);
            }
            line.append((char) next);
        }
    }
}
