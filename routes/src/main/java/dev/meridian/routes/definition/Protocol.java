package dev.meridian.routes.definition;

/** What the gateway speaks to an upstream. */
public enum Protocol {
    /** HTTP/1.1, over TLS where the endpoint's scheme is {@code https}. */
    HTTP1,
    /** HTTP/2 over TLS, agreed by ALPN; needs {@code https} endpoints. */
    H2,
    /** HTTP/2 in clear text with prior knowledge (RFC 9113 §3.3); needs {@code http} endpoints. */
    H2C
}
