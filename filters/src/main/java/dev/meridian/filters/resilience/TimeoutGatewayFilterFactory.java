package dev.meridian.filters.resilience;

import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.RouteTimeouts;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * {@code Timeout=response:2s,total:10s}: the route waits this long, whatever its upstream's {@code timeout} says. What is
 * not named stays as it is there.
 */
public final class TimeoutGatewayFilterFactory
        extends AbstractGatewayFilterFactory<TimeoutGatewayFilterFactory.Arguments> {

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(1);
    /** How Spring Cloud Gateway numbers what is written without a name, after binding. */
    private static final Pattern UNNAMED = Pattern.compile("_?genkey_?\\d+");

    private static final List<String> KEYS =
            Stream.of(Key.values()).map(Key::written).toList();

    public TimeoutGatewayFilterFactory() {
        super(Arguments.class);
    }

    @Override
    public GatewayFilter apply(Arguments arguments) {
        return new Filter(parse(arguments));
    }

    /** @throws IllegalArgumentException that says what would be right */
    static RouteTimeouts parse(Map<String, String> arguments) {
        Map<Key, Duration> times = new EnumMap<>(Key.class);
        arguments.forEach((name, value) -> {
            int colon = value.indexOf(':');
            boolean unnamed = UNNAMED.matcher(name).matches();
            if (unnamed && colon < 0) {
                throw new IllegalArgumentException("KEY:DURATION, as in response:2s, which " + value + " is not");
            }
            Key key = Key.of(unnamed ? value.substring(0, colon).trim() : name);
            Duration time = duration(key, unnamed ? value.substring(colon + 1).trim() : value.trim());
            if (times.put(key, time) != null) {
                throw new IllegalArgumentException(key.written() + " once");
            }
        });
        if (times.isEmpty()) {
            throw new IllegalArgumentException("at least one of " + String.join(", ", KEYS) + ", as in response:2s");
        }
        return new RouteTimeouts(
                times.get(Key.CONNECT),
                times.get(Key.TLS),
                times.get(Key.RESPONSE),
                times.get(Key.IDLE),
                times.get(Key.TOTAL));
    }

    private static Duration duration(Key key, String value) {
        Duration time;
        try {
            time = DurationStyle.detectAndParse(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    key.written() + " as a duration like 500ms, 2s or 1m, which " + value + " is not", e);
        }
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(key.written() + " from 1ms to 24h, which " + value + " is not");
        }
        return time;
    }

    private enum Key {
        CONNECT,
        TLS,
        RESPONSE,
        IDLE,
        TOTAL;

        String written() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Key of(String text) {
            for (Key key : values()) {
                if (key.written().equals(text)) {
                    return key;
                }
            }
            String likely = Spelling.nearest(text, KEYS);
            throw new IllegalArgumentException("one of " + String.join(", ", KEYS) + " before the colon, which " + text
                    + " is not" + (likely == null ? "" : " (did you mean " + likely + "?)"));
        }
    }

    /** What stands behind {@code Timeout=}, each under its name or, where it has none, under its number. */
    public static final class Arguments extends LinkedHashMap<String, String> {

        private static final long serialVersionUID = 1L;
    }

    private record Filter(RouteTimeouts timeouts) implements GatewayFilter {

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            GatewayExchange.require(exchange.getAttributes()).timeouts(timeouts);
            return chain.filter(exchange);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("Timeout");
            add(text, "connect", timeouts.connect());
            add(text, "tls", timeouts.tls());
            add(text, "response", timeouts.response());
            add(text, "idle", timeouts.idle());
            add(text, "total", timeouts.total());
            return text.toString();
        }

        private static void add(StringBuilder text, String name, @Nullable Duration time) {
            if (time != null) {
                text.append(text.length() == "Timeout".length() ? "=" : ",")
                        .append(name)
                        .append(':')
                        .append(print(time));
            }
        }

        private static String print(Duration time) {
            long millis = time.toMillis();
            return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
        }
    }
}
