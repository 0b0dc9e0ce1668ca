/** Watches every test run for blocked event loops and leaked buffers; the JUnit Platform finds it by itself. */
@NullMarked
package dev.meridian.testkit.junit;

import org.jspecify.annotations.NullMarked;
