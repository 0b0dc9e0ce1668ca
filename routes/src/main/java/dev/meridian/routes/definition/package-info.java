/** What an operator writes under {@code meridian}: immutable settings, strict binding, and errors that name the property. */
@NullMarked
package dev.meridian.routes.definition;

import org.jspecify.annotations.NullMarked;
