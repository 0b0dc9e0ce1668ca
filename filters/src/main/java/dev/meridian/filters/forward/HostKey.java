package dev.meridian.filters.forward;

/**
 * What connections are pooled by.
 *
 * @param pool the upstream's name, or the authority where a route names an address itself
 */
record HostKey(String pool, boolean secure, String host, int port) {}
