package dev.meridian.gateway;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the command line asks for: a text, or the gateway. */
final class CommandLine {

    private static final String USAGE = """
            Meridian, a reactive API gateway on Spring Cloud Gateway.

            Usage: java -jar meridian.jar [--PROPERTY=VALUE ...]
                   java -jar meridian.jar COMMAND ...

              java -jar meridian.jar --spring.config.additional-location=file:./gateway.yml
                  starts it with the routes and settings of gateway.yml
              java -jar meridian.jar --spring.profiles.active=demo
                  starts it with backends of its own in three regions, and prints what to try

              java -jar meridian.jar validate gateway.yml [--format=text|json]
                  tells everything that is wrong with gateway.yml; exits with 1 if anything is

              java -jar meridian.jar explain gateway.yml GET '/orders/7' [-H 'Name: value'] [--client=IP]
                  says which route, filters and upstream that request would take, and why

            Any property of the configuration can be given as an option. The most important:
              --spring.config.additional-location=file:PATH
                                              your configuration; a directory's PATH ends in /
              --server.port=PORT              where the gateway listens (default 8080)
              --management.server.port=PORT   where health, info and metrics are (default 9090)
              --management.server.address=IP  the address of that port (default 127.0.0.1:
                                              reached from this machine only)
              --spring.profiles.active=demo   the demo
              -h, --help                      this text
              --version                       the versions of Meridian and of what it runs on

            Routes go under spring.cloud.gateway.server.webflux.routes, the rest under meridian.
            Documentation: README.md and src/docs in the source tree.""";

    private CommandLine() {}

    /** The text to print instead of starting, or {@code null} to start. Help wins where both are asked for. */
    static @Nullable String answer(String... args) {
        List<String> options = Arrays.asList(args);
        if (options.contains("--help") || options.contains("-h")) {
            return USAGE;
        }
        return options.contains("--version") ? Versions.read().toString() : null;
    }
}
