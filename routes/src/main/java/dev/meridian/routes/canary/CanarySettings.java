package dev.meridian.routes.canary;

/**
 * Settings under {@code meridian.canary.GROUP}. A group of which nothing is written there chooses by chance, for each
 * request anew.
 *
 * @param key what the same choice follows from: {@code cookie} (the gateway's own, kept 30 days), {@code cookie:NAME},
 *     {@code header:NAME} or {@code client-ip}; no default
 */
record CanarySettings(String key) {}
