package dev.meridian.routes.upstream;

/** Picks one of the endpoints that it was made for. Thread-safe and free of locks: every request calls it. */
@FunctionalInterface
public interface EndpointChooser {

    Endpoint choose();
}
