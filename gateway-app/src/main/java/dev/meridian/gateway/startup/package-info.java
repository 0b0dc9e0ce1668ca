/** What start-up tells its operator: one clear message for each way in which a start can fail. */
@NullMarked
package dev.meridian.gateway.startup;

import org.jspecify.annotations.NullMarked;
