package dev.meridian.routes.canary;

/**
 * Settings under {@code meridian.canary.GROUP}: what the choice within a group of {@code Weight} predicates follows from. A
 * group of which nothing is written chooses by chance, for each request anew.
 *
 * @param key what the same choice follows from: {@code cookie} (the gateway's own, kept 30 days), {@code cookie:NAME},
 *     {@code header:NAME} or {@code client-ip}; required
 */
record CanarySettings(String key) {}
