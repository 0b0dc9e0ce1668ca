package dev.meridian.routes.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.core.env.PropertySource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads what {@link StoredConfigWriter} wrote. */
final class StoredConfigReader {

    /** What was written. */
    record Content(List<String> profiles, List<PropertySource<?>> sources) {}

    private final JsonParser json;
    private final List<String> profiles = new ArrayList<>();
    private final List<PropertySource<?>> sources = new ArrayList<>();

    private StoredConfigReader(JsonParser json) {
        this.json = json;
    }

    /** @throws IOException where it is something else */
    static Content read(InputStream in) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
            StoredConfigReader reader = new StoredConfigReader(json);
            reader.read();
            return new Content(List.copyOf(reader.profiles), List.copyOf(reader.sources));
        } catch (JacksonException e) {
            throw new IOException("no stored configuration: " + e.getOriginalMessage(), e);
        }
    }

    private void read() throws IOException {
        expect(json.nextToken(), JsonToken.START_OBJECT);
        expectName(StoredConfigWriter.PROFILES);
        expect(json.nextToken(), JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            profiles.add(json.getString());
        }
        expectName(StoredConfigWriter.SOURCES);
        expect(json.nextToken(), JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            sources.add(source());
        }
    }

    private PropertySource<?> source() throws IOException {
        expect(json.currentToken(), JsonToken.START_OBJECT);
        expectName(StoredConfigWriter.NAME);
        json.nextToken();
        String name = json.getString();
        expectName(StoredConfigWriter.VALUES);
        expect(json.nextToken(), JsonToken.START_OBJECT);
        Map<String, Object> values = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            expect(json.nextToken(), JsonToken.START_ARRAY);
            json.nextToken();
            Object value = value();
            String origin = null;
            if (json.nextToken() != JsonToken.END_ARRAY) {
                origin = json.getString();
                expect(json.nextToken(), JsonToken.END_ARRAY);
            }
            values.put(key, origin == null ? value : OriginTrackedValue.of(value, new StoredOrigin(origin)));
        }
        expect(json.nextToken(), JsonToken.END_OBJECT);
        return new OriginTrackedMapPropertySource(name, values, true);
    }

    private Object value() throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NULL -> "";
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
            case VALUE_STRING -> json.getString();
            default -> throw new IOException("no stored configuration: a value that is " + json.currentToken());
        };
    }

    private void expectName(String name) throws IOException {
        expect(json.nextToken(), JsonToken.PROPERTY_NAME);
        if (!name.equals(json.currentName())) {
            throw new IOException("no stored configuration: " + json.currentName() + " instead of " + name);
        }
    }

    private static void expect(@Nullable JsonToken token, JsonToken expected) throws IOException {
        if (token != expected) {
            throw new IOException("no stored configuration: " + token + " instead of " + expected);
        }
    }

    /** Where a value stood when it was read first. */
    private record StoredOrigin(String text) implements Origin {

        @Override
        public String toString() {
            return text;
        }
    }
}
