package dev.meridian.testkit.http;

/**
 * A message's start line and header fields.
 *
 * @param startLine the request or status line without its line end
 * @param headers the fields
 */
public record Head(String startLine, Headers headers) {

    /** The number in the second word of a status line. */
    public int status() {
        String[] words = startLine.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[1-9][0-9]{2}")) {
            throw new MalformedMessageException("status line: " + startLine + " (expected: HTTP/1.x nnn reason)");
        }
        return Integer.parseInt(words[1]);
    }
}
