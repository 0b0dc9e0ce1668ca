package dev.meridian.routes.definition;

import org.jspecify.annotations.Nullable;

/**
 * A place on earth.
 *
 * @param lat degrees north, -90 to 90; required
 * @param lon degrees east, -180 to 180; required
 */
public record LocationDefinition(
        @Nullable Double lat, @Nullable Double lon) {}
