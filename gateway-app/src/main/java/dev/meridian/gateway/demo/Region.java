package dev.meridian.gateway.demo;

import java.time.Duration;
import java.util.List;

/**
 * A region of the demo.
 *
 * @param latency how long its backends take to answer, as though they were that far away
 */
record Region(String name, Duration latency) {

    static final List<Region> ALL = List.of(
            new Region("eu-west", Duration.ofMillis(5)),
            new Region("us-east", Duration.ofMillis(40)),
            new Region("ap-south", Duration.ofMillis(90)));
}
