package dev.meridian.routes.validate;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;

/**
 * What may stand at a place of the configuration.
 *
 * @param plain what a plain value must convert to, {@code null} where none may stand
 * @param keys in dashed form, with what may stand below each; of {@link Kind#GROUP}
 * @param each element or entry, of {@link Kind#LIST} and {@link Kind#MAP}
 */
record Shape(
        Kind kind,
        @Nullable ResolvableType plain,
        Map<String, Shape> keys,
        @Nullable Shape each) {

    /** How it goes on below. */
    enum Kind {
        /** Nobody knows. */
        ANY,
        /** Not at all. */
        VALUE,
        /** By known keys. */
        GROUP,
        /** By numbers. */
        LIST,
        /** By names of the user's own. */
        MAP
    }

    static final Shape ANY = new Shape(Kind.ANY, null, Map.of(), null);

    static Shape value(Class<?> type) {
        return new Shape(Kind.VALUE, ResolvableType.forClass(type), Map.of(), null);
    }

    static Shape group(Map<String, Shape> keys) {
        return new Shape(Kind.GROUP, null, keys, null);
    }

    static Shape list(Shape each) {
        return new Shape(Kind.LIST, null, Map.of(), each);
    }

    static Shape map(Shape each) {
        return new Shape(Kind.MAP, null, Map.of(), each);
    }

    Shape orPlain(Class<?> type) {
        return new Shape(kind, ResolvableType.forClass(type), keys, each);
    }

    /** As Boot binds the type: records by their components, collections by numbers, maps by any key. */
    static Shape of(ResolvableType type) {
        Class<?> raw = type.resolve(Object.class);
        if (raw == Object.class) {
            return ANY;
        }
        if (Map.class.isAssignableFrom(raw)) {
            return map(of(type.asMap().getGeneric(1)));
        }
        if (Collection.class.isAssignableFrom(raw)) {
            Shape each = of(type.asCollection().getGeneric(0));
            return new Shape(Kind.LIST, each.plain == null ? null : type, Map.of(), each);
        }
        if (raw.isRecord()) {
            return new Shape(Kind.GROUP, isWrittenPlain(raw) ? type : null, components(raw), null);
        }
        return new Shape(Kind.VALUE, type, Map.of(), null);
    }

    static Map<String, Shape> components(Class<?> type) {
        Map<String, Shape> keys = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            keys.put(
                    DataObjectPropertyName.toDashedForm(component.getName()),
                    of(ResolvableType.forType(component.getGenericType())));
        }
        return keys;
    }

    /** Whether Boot's converter finds a factory method for text. */
    private static boolean isWrittenPlain(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> Modifier.isStatic(method.getModifiers())
                        && method.getName().equals("of"))
                .map(Method::getParameterTypes)
                .anyMatch(parameters -> parameters.length == 1 && parameters[0] == String.class);
    }
}
