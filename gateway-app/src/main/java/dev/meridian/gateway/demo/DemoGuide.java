package dev.meridian.gateway.demo;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;

/** What the demo prints when it is up. */
final class DemoGuide {

    private DemoGuide() {}

    /** @param environment of a gateway that is up, which names the ports it listens on */
    static String text(Environment environment, List<DemoBackend> backends) {
        String gateway = url(environment, "server.address", "local.server.port");
        String management = url(environment, "management.server.address", "local.management.port");
        List<Try> tries = List.of(
                new Try("curl -s " + gateway + "/api/hello", "the region that answers soonest; call it some times"),
                new Try("curl -s " + gateway + "/eu/hello", "one backend, always the same"),
                new Try("curl -sd 'some text' " + gateway + "/api/echo", "a POST; the answer counts its bytes"),
                new Try("curl -sN " + gateway + "/events", "server-sent events, as they happen"),
                new Try("curl -si " + gateway + "/hello", "a route that adds a response header"),
                new Try("curl -si " + gateway + "/limited", "three in ten seconds, then 429 and when to come back"),
                new Try("curl -s " + management + "/actuator/ratelimits/three-in-ten", "who has asked how much"),
                new Try("curl -s " + management + "/actuator/upstreams/orders", "who gets which share, and why"),
                new Try("curl -sX POST " + management + "/actuator/demo/eu-west/lost", "a region dies; /api goes on"),
                new Try(
                        "curl -sX POST " + management + "/actuator/demo/eu-west/back",
                        "it returns, and climbs in 30 s"),
                new Try("curl -s " + management + "/actuator/health", "how the gateway is"));
        int width = tries.stream().mapToInt(one -> one.command().length()).max().orElse(0);
        return """

        Meridian demo

          gateway     %s
          management  %s/actuator
        %s

        Try:
        %s

        Ctrl-C ends it.
        """.formatted(
                        gateway,
                        management,
                        backends.stream().map(DemoGuide::line).collect(Collectors.joining("\n")),
                        tries.stream().map(one -> one.line(width)).collect(Collectors.joining("\n")));
    }

    private static String line(DemoBackend backend) {
        return "  %-10s  %s  (%s, %d ms away)"
                .formatted(
                        backend.region().name(),
                        backend.url(),
                        backend.name(),
                        backend.region().latency().toMillis());
    }

    private static String url(Environment environment, String address, String port) {
        return "http://" + environment.getProperty(address, "127.0.0.1") + ":" + environment.getProperty(port);
    }

    private record Try(String command, String what) {

        String line(int width) {
            return "  " + command + " ".repeat(width - command.length()) + "   # " + what;
        }
    }
}
