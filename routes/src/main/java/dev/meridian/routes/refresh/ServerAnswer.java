package dev.meridian.routes.refresh;

/**
 * What a config server answered last, for whoever has to tell why nothing came of it: where it is optional, Spring Cloud's
 * client goes on without a word. Thread-safe.
 */
public final class ServerAnswer {

    private volatile String last = "";

    /** @param answer with the address that was asked */
    public void note(String answer) {
        last = answer;
    }

    /** Empty where none was asked. */
    public String last() {
        return last;
    }
}
