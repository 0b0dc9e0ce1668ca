/** Real Redis servers as processes of the test. */
@NullMarked
package dev.meridian.testkit.redis;

import org.jspecify.annotations.NullMarked;
