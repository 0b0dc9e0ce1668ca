/** What the command line does with a configuration file instead of starting the gateway with it. */
@NullMarked
package dev.meridian.gateway.command;

import org.jspecify.annotations.NullMarked;
