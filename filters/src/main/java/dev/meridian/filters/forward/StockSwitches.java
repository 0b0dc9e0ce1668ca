package dev.meridian.filters.forward;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * What an existing Spring Cloud Gateway configuration says of the fields that its own filters would write or remove; what
 * it switched off stays off.
 *
 * @param removed names beyond the hop-by-hop fields, lower-case
 */
record StockSwitches(
        boolean xForwarded,
        boolean xFor,
        boolean xProto,
        boolean xHost,
        boolean xPort,
        boolean xPrefix,
        boolean forwarded,
        Set<String> removed) {

    private static final String STOCK = "spring.cloud.gateway.server.webflux.";

    static final StockSwitches NONE = new StockSwitches(true, true, true, true, true, true, true, Set.of());

    static StockSwitches from(Environment environment) {
        List<String> names = Binder.get(environment)
                .bind(STOCK + "filter.remove-hop-by-hop.headers", Bindable.listOf(String.class))
                .orElse(List.of());
        return new StockSwitches(
                on(environment, "x-forwarded.enabled"),
                on(environment, "x-forwarded.for-enabled"),
                on(environment, "x-forwarded.proto-enabled"),
                on(environment, "x-forwarded.host-enabled"),
                on(environment, "x-forwarded.port-enabled"),
                on(environment, "x-forwarded.prefix-enabled"),
                on(environment, "forwarded.enabled"),
                names.stream().map(name -> name.trim().toLowerCase(Locale.ROOT)).collect(Collectors.toSet()));
    }

    boolean removes(CharSequence name) {
        return !removed.isEmpty() && removed.contains(name.toString().toLowerCase(Locale.ROOT));
    }

    private static boolean on(Environment environment, String name) {
        return environment.getProperty(STOCK + name, Boolean.class, true);
    }
}
