package dev.meridian.testkit.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Header fields in the order in which they were sent, repeated ones included. Immutable. */
public final class Headers implements Iterable<Header> {

    private static final Headers NONE = new Headers(List.of());

    private final List<Header> fields;

    private Headers(List<Header> fields) {
        this.fields = List.copyOf(fields);
    }

    /** No fields. */
    public static Headers none() {
        return NONE;
    }

    /** The given fields, in their order. */
    public static Headers of(List<Header> fields) {
        return new Headers(fields);
    }

    /** Fields from names and values in turn. */
    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("namesAndValues: " + namesAndValues.length + " (expected: pairs)");
        }
        List<Header> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(new Header(namesAndValues[i], namesAndValues[i + 1]));
        }
        return new Headers(fields);
    }

    /** Fields from a map as {@code java.net.http.HttpHeaders.map()} gives it. */
    public static Headers of(Map<String, List<String>> map) {
        List<Header> fields = new ArrayList<>();
        map.forEach((name, values) -> values.forEach(value -> fields.add(new Header(name, value))));
        return new Headers(fields);
    }

    /** A copy with one more field at the end. */
    public Headers with(String name, String value) {
        List<Header> more = new ArrayList<>(fields);
        more.add(new Header(name, value));
        return new Headers(more);
    }

    /** All fields in their order. */
    public List<Header> list() {
        return fields;
    }

    /** The names in their order, spelled as sent, repeated ones repeated. */
    public List<String> names() {
        return fields.stream().map(Header::name).toList();
    }

    /** Whether the field occurs. */
    public boolean has(String name) {
        return fields.stream().anyMatch(field -> field.is(name));
    }

    /** The value of the first field of that name. */
    public Optional<String> first(String name) {
        return fields.stream()
                .filter(field -> field.is(name))
                .map(Header::value)
                .findFirst();
    }

    /** The values of all fields of that name, in their order. */
    public List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.is(name))
                .map(Header::value)
                .toList();
    }

    /** Values by name in lower case, names in the order of their first occurrence. */
    public Map<String, List<String>> map() {
        Map<String, List<String>> map = new LinkedHashMap<>();
        fields.forEach(field -> map.computeIfAbsent(field.lowerName(), name -> new ArrayList<>())
                .add(field.value()));
        return Collections.unmodifiableMap(map);
    }

    @Override
    public Iterator<Header> iterator() {
        return fields.iterator();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Headers headers && fields.equals(headers.fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
