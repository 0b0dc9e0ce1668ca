/** Certificates that are made anew for each run, so that none ever expires in the repository. */
@NullMarked
package dev.meridian.testkit.tls;

import org.jspecify.annotations.NullMarked;
