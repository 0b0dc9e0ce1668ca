package dev.meridian.routes.definition;

import org.jspecify.annotations.Nullable;

/**
 * A place as written.
 *
 * @param lat degrees north, -90 to 90
 * @param lon degrees east, -180 to 180
 */
public record LocationDefinition(
        @Nullable Double lat, @Nullable Double lon) {}
