package dev.meridian.gateway.demo;

import java.util.SortedMap;

/**
 * What a demo backend answers: where the request went and what of it arrived.
 *
 * @param headers as the backend saw them, names in lower case
 * @param bodyBytes how long the request's body was
 * @param body its beginning as text
 * @param time when the backend answered, ISO 8601
 */
record DemoAnswer(
        String region,
        String instance,
        String method,
        String path,
        SortedMap<String, String> headers,
        long bodyBytes,
        String body,
        String time) {}
