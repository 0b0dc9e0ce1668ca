package dev.meridian.observability.exchange;

/**
 * Is told of every exchange, on the thread that carries it: an observer neither blocks nor throws. Every start is followed
 * by exactly one end.
 */
public interface ExchangeObserver {

    /** A request has come. */
    default void onStart() {}

    /** The exchange is over: answered, broken off, or left by the client. */
    void onEnd(ExchangeEnd end);
}
