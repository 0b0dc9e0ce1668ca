package dev.meridian.routes.source;

import java.io.IOException;

/** Tells, without reading the configuration, whether it may say something else than before. */
@FunctionalInterface
interface SourceProbe {

    /**
     * A text that stays the same as long as what is to be read does.
     *
     * @throws IOException where that cannot be told
     */
    String look() throws IOException;
}
