package dev.meridian.filters.guard;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings under {@code meridian.http}: what a client may send, and how long it may take.
 *
 * @param maxRequestLine method, target and version together, 1B to 16MB; longer is answered 414; where only Boot's
 *     {@code server.netty.max-initial-line-length} is set that counts; default 8KB
 * @param maxHeaderSize all fields together, 1B to 16MB; more is answered 431; where only Boot's
 *     {@code server.max-http-request-header-size} is set that counts; default 32KB
 * @param maxHeaders number of fields; more is answered 431; default 100
 * @param maxRequestBody length of a body, streamed or not; more is answered 413; default 50MB
 * @param headerTimeout from the first byte of a request's head to its last; later is answered 408; default 10s
 * @param idleTimeout a connection without a request is closed after this; where only Boot's
 *     {@code server.netty.idle-timeout} is set that counts; default 60s
 */
public record HttpLimits(
        @DefaultValue("8KB") DataSize maxRequestLine,
        @DefaultValue("32KB") DataSize maxHeaderSize,
        @DefaultValue("100") int maxHeaders,
        @DefaultValue("50MB") DataSize maxRequestBody,
        @DefaultValue("10s") Duration headerTimeout,
        @DefaultValue("60s") Duration idleTimeout) {}
