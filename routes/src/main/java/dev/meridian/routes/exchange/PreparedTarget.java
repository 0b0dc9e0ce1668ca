package dev.meridian.routes.exchange;

/** What the matched route keeps between requests; each step knows the type that it put there. */
public interface PreparedTarget {}
