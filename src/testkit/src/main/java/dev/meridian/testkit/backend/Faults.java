package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Headers;
import dev.meridian.testkit.http.RepeatingBytes;

/** Behaviours of backends that die in the middle of an answer. */
final class Faults {

    private Faults() {}

    static Behaviour halfBody(int declared, int sent) {
        return (request, out) -> {
            out.head(200, declares(declared));
            out.write(RepeatingBytes.bytes(sent));
            out.close();
        };
    }

    static Behaviour resetAfterHeaders() {
        return (request, out) -> {
            out.head(200, declares(1_000));
            out.reset();
        };
    }

    private static Headers declares(int length) {
        return Headers.of("Content-Type", "application/octet-stream", "Content-Length", Integer.toString(length));
    }
}
