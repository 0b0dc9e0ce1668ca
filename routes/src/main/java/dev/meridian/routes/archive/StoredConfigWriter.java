package dev.meridian.routes.archive;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes sources as JSON: {@code {"profiles": [], "sources": [{"name": "…", "values": {KEY: [VALUE, ORIGIN]}}]}}. */
final class StoredConfigWriter implements AutoCloseable {

    static final String PROFILES = "profiles";
    static final String SOURCES = "sources";
    static final String NAME = "name";
    static final String VALUES = "values";

    private final JsonGenerator json;

    StoredConfigWriter(OutputStream out) {
        this.json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), out);
    }

    void begin(List<String> profiles) {
        json.writeStartObject().writeArrayPropertyStart(PROFILES);
        profiles.forEach(json::writeString);
        json.writeEndArray().writeArrayPropertyStart(SOURCES);
    }

    void beginSource(String name) {
        json.writeStartObject().writeStringProperty(NAME, name).writeObjectPropertyStart(VALUES);
    }

    void value(String key, @Nullable Object value, @Nullable String origin) {
        json.writeArrayPropertyStart(key);
        write(value);
        if (origin != null) {
            json.writeString(origin);
        }
        json.writeEndArray();
    }

    private void write(@Nullable Object value) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Integer || value instanceof Long || value instanceof Short) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof BigInteger number) {
            json.writeNumber(number);
        } else if (value instanceof Float || value instanceof Double || value instanceof BigDecimal) {
            json.writeNumber(new BigDecimal(value.toString()));
        } else {
            json.writeString(value.toString());
        }
    }

    void endSource() {
        json.writeEndObject().writeEndObject();
    }

    void end() {
        json.writeEndArray().writeEndObject();
    }

    @Override
    public void close() {
        json.close();
    }
}
