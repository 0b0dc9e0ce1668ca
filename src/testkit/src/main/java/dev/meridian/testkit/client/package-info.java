/** A client that sends bytes as they are given, and answers in one form whichever client received them. */
@NullMarked
package dev.meridian.testkit.client;

import org.jspecify.annotations.NullMarked;
