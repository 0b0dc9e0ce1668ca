package dev.meridian.gateway;

import java.io.PrintStream;

/** Where the application answers a person instead of logging: the command line's texts and the demo's guide. */
record Console(PrintStream out) {

    void print(String text) {
        out.println(text);
    }

    /** The one of the process. */
    static Console standard() {
        return new Console(System.out);
    }
}
