package dev.meridian.observability.metrics;

import dev.meridian.observability.exchange.ExchangeEnding;
import io.micrometer.core.instrument.Tags;
import org.springframework.http.HttpMethod;

/**
 * Method, status and ending of a request as one small number, so that a timer can be found without comparing any text.
 * There are 16,032 of them, however requests and upstreams misbehave.
 */
final class RequestKey {

    private static final HttpMethod[] METHODS = {
        HttpMethod.GET,
        HttpMethod.POST,
        HttpMethod.PUT,
        HttpMethod.DELETE,
        HttpMethod.PATCH,
        HttpMethod.HEAD,
        HttpMethod.OPTIONS,
        HttpMethod.TRACE
    };
    private static final int MIN_STATUS = 100;
    private static final int MAX_STATUS = 599;
    private static final int OTHER_STATUS = 0;
    private static final int STATUSES = 600;
    private static final ExchangeEnding[] ENDINGS = ExchangeEnding.values();

    private RequestKey() {}

    static int of(HttpMethod method, int status, ExchangeEnding ending) {
        int bounded = status >= MIN_STATUS && status <= MAX_STATUS ? status : OTHER_STATUS;
        return (index(method) * STATUSES + bounded) * ENDINGS.length + ending.ordinal();
    }

    static Tags tags(int key) {
        ExchangeEnding ending = ENDINGS[key % ENDINGS.length];
        int status = key / ENDINGS.length % STATUSES;
        int method = key / ENDINGS.length / STATUSES;
        return Tags.of(
                GatewayMeters.Tag.METHOD.asString(),
                method < METHODS.length ? METHODS[method].name() : "OTHER",
                GatewayMeters.Tag.STATUS.asString(),
                status == OTHER_STATUS ? "other" : Integer.toString(status),
                GatewayMeters.Tag.OUTCOME.asString(),
                outcome(status, ending));
    }

    private static int index(HttpMethod method) {
        int i = 0;
        while (i < METHODS.length && METHODS[i] != method) { // known methods are constants
            i++;
        }
        return i;
    }

    private static String outcome(int status, ExchangeEnding ending) {
        return switch (ending) {
            case CLIENT_GONE -> "CLIENT_GONE";
            case BROKEN_OFF -> "BROKEN_OFF";
            case COMPLETE ->
                switch (status / 100) {
                    case 1 -> "INFORMATIONAL";
                    case 2 -> "SUCCESS";
                    case 3 -> "REDIRECTION";
                    case 4 -> "CLIENT_ERROR";
                    case 5 -> "SERVER_ERROR";
                    default -> "UNKNOWN";
                };
        };
    }
}
