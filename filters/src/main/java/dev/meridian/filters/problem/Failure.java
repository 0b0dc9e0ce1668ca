package dev.meridian.filters.problem;

import org.jspecify.annotations.Nullable;

/**
 * Everything that can keep the gateway from passing an answer on, with the status that the client sees and the error
 * type of <a href="https://www.rfc-editor.org/rfc/rfc9209#section-2.3">RFC 9209 §2.3</a>.
 */
public enum Failure {
    DNS_ERROR(502, "dns_error", "Upstream name not resolved"),
    DNS_TIMEOUT(504, "dns_timeout", "Upstream name not resolved in time"),
    DESTINATION_UNAVAILABLE(503, "destination_unavailable", "No upstream available"),
    UPSTREAM_OVERLOADED(503, "destination_unavailable", "Upstream has as many requests as it can take", "overload"),
    GATEWAY_OVERLOADED(503, "proxy_internal_response", "The gateway has as many requests as it can take", "overload"),
    DESTINATION_UNROUTABLE(502, "destination_ip_unroutable", "Upstream not reachable"),
    CONNECTION_REFUSED(502, "connection_refused", "Upstream refused the connection"),
    CONNECTION_TIMEOUT(504, "connection_timeout", "Upstream did not accept the connection in time"),
    CONNECTION_TERMINATED(502, "connection_terminated", "Upstream closed the connection before it answered"),
    CONNECTION_READ_TIMEOUT(504, "connection_read_timeout", "Upstream stopped sending"),
    CONNECTION_WRITE_TIMEOUT(504, "connection_write_timeout", "Upstream stopped reading"),
    CONNECTION_LIMIT_REACHED(503, "connection_limit_reached", "Upstream's connections are all in use"),
    TLS_TIMEOUT(504, "connection_timeout", "TLS handshake with the upstream took too long", "TLS handshake"),
    TLS_PROTOCOL_ERROR(502, "tls_protocol_error", "TLS handshake with the upstream failed"),
    TLS_CERTIFICATE_ERROR(502, "tls_certificate_error", "Upstream's certificate is not trusted"),
    HTTP_PROTOCOL_ERROR(502, "http_protocol_error", "Upstream's answer is not valid HTTP"),
    HTTP_RESPONSE_INCOMPLETE(502, "http_response_incomplete", "Upstream's answer broke off"),
    HTTP_RESPONSE_TIMEOUT(504, "http_response_timeout", "Upstream did not answer in time"),
    TOTAL_TIMEOUT(504, "http_response_timeout", "The request took longer in all than it may", "total"),
    HTTP_UPGRADE_FAILED(502, "http_upgrade_failed", "Upstream switched protocols unasked"),
    REQUEST_TOO_LARGE(413, "http_request_error", "Request body too large"),
    REQUEST_BROKEN(400, "http_request_error", "Request body broke off or is malformed"),
    REQUEST_TIMEOUT(408, "http_request_error", "Request was not received in time"),
    RATE_LIMITED(429, "http_request_denied", "Too many requests"),
    RATE_LIMIT_KEY_MISSING(400, "http_request_denied", "The request does not say whom it counts for"),
    RATE_LIMIT_UNAVAILABLE(503, "proxy_internal_response", "Requests cannot be counted at present", "rate limit"),
    REQUEST_DENIED(405, "http_request_denied", "Method not supported"),
    INTERNAL_ERROR(500, "proxy_internal_error", "The gateway could not handle the request");

    private final int status;
    private final String proxyError;
    private final String title;
    private final @Nullable String proxyDetails;

    Failure(int status, String proxyError, String title) {
        this(status, proxyError, title, null);
    }

    Failure(int status, String proxyError, String title, @Nullable String proxyDetails) {
        this.status = status;
        this.proxyError = proxyError;
        this.title = title;
        this.proxyDetails = proxyDetails;
    }

    /** The HTTP status that the client sees. */
    public int status() {
        return status;
    }

    /** Whether the upstream has failed, or there is none to be asked; else it is the client's, or the gateway's own. */
    public boolean isUpstreams() {
        return status >= 500 && !proxyError.startsWith("proxy_internal");
    }

    /** The value of {@code error} in {@code Proxy-Status}. */
    public String proxyError() {
        return proxyError;
    }

    /** What {@code details} in {@code Proxy-Status} says, where its {@code error} alone does not tell which failure it is. */
    public @Nullable String proxyDetails() {
        return proxyDetails;
    }

    /** The problem's {@code title}: the same words each time, without addresses. */
    public String title() {
        return title;
    }
}
