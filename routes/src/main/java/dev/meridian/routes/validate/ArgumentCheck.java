package dev.meridian.routes.validate;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.load.Expressions;
import dev.meridian.routes.load.Regexes;
import dev.meridian.routes.regex.Backtracking.Verdict;
import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.HostRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.MethodRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PathRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.Configurable;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.cloud.gateway.support.HasRouteId;
import org.springframework.cloud.gateway.support.NameUtils;
import org.springframework.cloud.gateway.support.ShortcutConfigurable;

/** Makes predicates and filters as the stock locator does, and tells of those that cannot be made. */
final class ArgumentCheck {

    /** Stock predicates whose arguments are a list. */
    private static final Set<String> PATTERNS = Set.of("Path", "Host", "Method");

    /** How the names of arguments begin that are regular expressions. */
    private static final String EXPRESSION = "regex";

    private final RouteFactories factories;
    private final ConfigProblems errors;
    private final ConfigProblems warnings;

    ArgumentCheck(RouteFactories factories, ConfigProblems errors, ConfigProblems warnings) {
        this.factories = factories;
        this.errors = errors;
        this.warnings = warnings;
    }

    /** @return what it asks of requests, {@code null} where it cannot be made */
    @Nullable
    Condition predicate(WrittenRoute.Part<PredicateDefinition> part, Known known) {
        PredicateDefinition definition = part.definition();
        String name = Objects.toString(definition.getName(), "");
        RoutePredicateFactory<?> factory = factories.predicates().get(name);
        if (factory == null) {
            unknown(part.path(), name, "predicate", factories.predicates().keySet());
            return null;
        }
        Map<String, String> args = definition.getArgs();
        if (known != Known.NOTHING && isListed(name, args)) {
            // What it asks can be told from its arguments.
            return isSound(part.path(), name, args, factory, true)
                    ? new Condition(name, List.copyOf(args.values()))
                    : null;
        }
        Object config = make(part.path(), name, args, factory, null);
        return config == null ? null : condition(name, args, factory, config);
    }

    private static boolean isListed(String name, Map<String, String> args) {
        return PATTERNS.contains(name)
                && args.keySet().stream().allMatch(key -> key.startsWith(NameUtils.GENERATED_NAME_PREFIX))
                && args.values().stream().noneMatch(ArgumentCheck::isFlagOrExpression);
    }

    private static boolean isFlagOrExpression(String value) {
        return value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false") || value.contains("#{");
    }

    void filter(WrittenRoute.Part<FilterDefinition> part, String routeId, Known known) {
        FilterDefinition definition = part.definition();
        String name = Objects.toString(definition.getName(), "");
        GatewayFilterFactory<?> factory = factories.filters().get(name);
        if (factory == null) {
            unknown(part.path(), name, "filter", factories.filters().keySet());
            return;
        }
        if (known == Known.CHECKED || known == Known.MADE && !compilesLater(factory)) {
            isSound(part.path(), name, definition.getArgs(), factory, false);
        } else {
            make(part.path(), name, definition.getArgs(), factory, routeId);
        }
    }

    /** Whether it has expressions that are not looked at when it is made. */
    private static boolean compilesLater(GatewayFilterFactory<?> factory) {
        return Arrays.stream(BeanUtils.getPropertyDescriptors(factory.getConfigClass()))
                .anyMatch(property -> property.getName().startsWith(EXPRESSION));
    }

    private void unknown(String path, String name, String kind, Collection<String> names) {
        errors.add(
                path,
                name,
                "the name of a " + kind + ": " + String.join(", ", new TreeSet<>(names)),
                Spelling.nearest(name, names));
    }

    private @Nullable Object make(
            String path,
            String name,
            Map<String, String> args,
            ShortcutConfigurable factory,
            @Nullable String routeId) {
        if (!isSound(path, name, args, factory, routeId == null)) {
            return null;
        }
        Object config;
        try {
            config = bind(factories.binder(), factory, name, args);
            if (routeId != null && config instanceof HasRouteId withRoute) {
                withRoute.setRouteId(routeId);
            }
        } catch (Exception e) {
            errors.add(path, written(path, name, args), Expectation.of(e) + usage(name, factory));
            return null;
        }
        if (!expressionsCompile(path, name, args, config)) {
            return null;
        }
        try {
            apply(factory, config);
            return config;
        } catch (Exception e) {
            errors.add(path, written(path, name, args), Expectation.of(e) + usage(name, factory));
            return null;
        }
    }

    /** What can be told from the arguments alone. */
    private boolean isSound(
            String path, String name, Map<String, String> args, ShortcutConfigurable factory, boolean predicate) {
        if (!isPlain(path, args) || !endInTime(path, args, predicate)) {
            return false;
        }
        noteIgnored(path, name, args, factory);
        return true;
    }

    /** To be asked before anything is bound: that evaluates what it finds. */
    private boolean isPlain(String path, Map<String, String> args) {
        boolean plain = true;
        for (Map.Entry<String, String> arg : args.entrySet()) {
            if (Expressions.isRefused(arg.getValue())) {
                errors.add(
                        place(path, arg.getKey()), Secrets.shown(arg.getKey(), arg.getValue()), Expressions.EXPECTED);
                plain = false;
            }
        }
        return plain;
    }

    private boolean endInTime(String path, Map<String, String> args, boolean whole) {
        boolean all = true;
        for (Map.Entry<String, String> arg : args.entrySet()) {
            Verdict verdict = Regexes.verdict(arg.getValue(), whole);
            if (verdict == Verdict.EXPONENTIAL) {
                errors.add(place(path, arg.getKey()), arg.getValue(), Regexes.EXPECTED);
                all = false;
            } else if (verdict == Verdict.FRAGILE) {
                warnings.add(
                        place(path, arg.getKey()),
                        arg.getValue(),
                        "a regular expression in which a repeated part matches a text in one way only: this one takes"
                                + " exponential time in most engines, and in Java's as well once it is written a little"
                                + " differently");
            }
        }
        return all;
    }

    private static String place(String path, String key) {
        return key.startsWith(NameUtils.GENERATED_NAME_PREFIX) ? path : path + ".args." + key;
    }

    /** Without events: nobody is to learn of what is only looked at. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object bind(
            ConfigurationService service, ShortcutConfigurable factory, String name, Map<String, String> args) {
        return service.with((Configurable & ShortcutConfigurable) factory)
                .name(name)
                .properties(args)
                .bind();
    }

    @SuppressWarnings("unchecked")
    private static void apply(ShortcutConfigurable factory, Object config) {
        if (factory instanceof RoutePredicateFactory<?> predicate) {
            ((RoutePredicateFactory<Object>) predicate).applyAsync(config);
        } else if (factory instanceof GatewayFilterFactory<?> filter) {
            ((GatewayFilterFactory<Object>) filter).apply(config);
        }
    }

    /** Some factories compile an expression only when the first request comes. */
    private boolean expressionsCompile(String path, String name, Map<String, String> args, Object config) {
        for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(config.getClass())) {
            if (!property.getName().startsWith(EXPRESSION) || property.getReadMethod() == null) {
                continue;
            }
            if (new BeanWrapperImpl(config).getPropertyValue(property.getName()) instanceof String expression) {
                try {
                    Pattern.compile(expression);
                } catch (PatternSyntaxException e) {
                    errors.add(
                            path,
                            written(path, name, args),
                            "a regular expression in " + property.getName() + ": " + e.getDescription() + " near index "
                                    + e.getIndex() + " of " + expression);
                    return false;
                }
            }
        }
        return true;
    }

    /** Arguments that bind to nothing, and are dropped without a word. */
    private void noteIgnored(String path, String name, Map<String, String> args, ShortcutConfigurable factory) {
        if (!(factory instanceof Configurable<?> configurable)
                || factory.shortcutType() != ShortcutConfigurable.ShortcutType.DEFAULT
                || !factory.shortcutFieldPrefix().isEmpty()
                || Map.class.isAssignableFrom(
                        configurable.getConfigClass())) { // takes them all, and judges them itself
            return;
        }
        List<String> order = factory.shortcutFieldOrder();
        List<String> known = Arrays.stream(BeanUtils.getPropertyDescriptors(configurable.getConfigClass()))
                .filter(property -> !property.getName().equals("class"))
                .map(PropertyDescriptor::getName)
                .collect(Collectors.toCollection(ArrayList::new));
        known.addAll(order);
        int place = 0;
        for (String key : args.keySet()) {
            if (key.startsWith(NameUtils.GENERATED_NAME_PREFIX)) {
                if (!order.isEmpty() && place >= order.size()) {
                    warnings.add(
                            path,
                            written(path, name, args),
                            "at most " + order.size() + " arguments" + usage(name, factory));
                    return;
                }
            } else if (known.stream().noneMatch(each -> isOf(each, key))) {
                warnings.add(
                        path + ".args." + key,
                        Secrets.shown(key, args.get(key)),
                        known.isEmpty()
                                ? "no arguments: " + name + " has none"
                                : "one of the arguments of " + name + ": " + String.join(", ", new TreeSet<>(known)),
                        Spelling.nearest(key, known));
            }
            place++;
        }
    }

    private static boolean isOf(String property, String key) {
        String first = key.split("[.\\[]", 2)[0].replace("-", "");
        return property.replace("-", "").equalsIgnoreCase(first);
    }

    private static Object written(String path, String name, Map<String, String> args) {
        List<String> values = new ArrayList<>();
        args.forEach((key, value) -> values.add(
                key.startsWith(NameUtils.GENERATED_NAME_PREFIX) ? value : key + ": " + Secrets.shown(key, value)));
        return values.isEmpty() ? name : name + "=" + String.join(",", values);
    }

    private static String usage(String name, ShortcutConfigurable factory) {
        List<String> order = factory.shortcutFieldOrder();
        return order.isEmpty() ? "" : "; written " + name + "=" + String.join(",", order);
    }

    private static Condition condition(
            String name, Map<String, String> args, ShortcutConfigurable factory, Object config) {
        if (config instanceof PathRoutePredicateFactory.Config path) {
            return new Condition(name, path.getPatterns());
        } else if (config instanceof HostRoutePredicateFactory.Config host) {
            return new Condition(name, host.getPatterns());
        } else if (config instanceof MethodRoutePredicateFactory.Config method) {
            return new Condition(
                    name,
                    Arrays.stream(method.getMethods()).map(Object::toString).toList());
        }
        if (factory.shortcutType() == ShortcutConfigurable.ShortcutType.GATHER_LIST) {
            return new Condition(name, List.copyOf(args.values()));
        }
        Map<String, String> sorted = new TreeMap<>();
        int place = 0;
        for (Map.Entry<String, String> arg : args.entrySet()) {
            sorted.put(ShortcutConfigurable.normalizeKey(arg.getKey(), place++, factory, args), arg.getValue());
        }
        return new Condition(
                name,
                sorted.entrySet().stream()
                        .map(arg -> arg.getKey() + "=" + arg.getValue())
                        .toList());
    }
}
