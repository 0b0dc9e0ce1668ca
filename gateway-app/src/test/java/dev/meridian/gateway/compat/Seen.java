package dev.meridian.gateway.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.client.Answer;
import java.util.List;

/**
 * What a call led to.
 *
 * @param answer what the client received
 * @param first the requests that the first backend received
 * @param second the requests that the second backend received
 */
record Seen(Answer answer, List<Recorded> first, List<Recorded> second) {

    /** The answer is that of the backend. */
    Seen passed() {
        assertThat(answer.status()).as("status of %s", answer).isEqualTo(200);
        return this;
    }

    /** The one request that the first backend received. */
    Recorded request() {
        assertThat(first).as("requests at the first backend, answer %s", answer).hasSize(1);
        return first.get(0);
    }

    /** The values of a field in the one request that the first backend received. */
    List<String> sent(String name) {
        return passed().request().headers().all(name);
    }

    /** The values of a field in the answer. */
    List<String> received(String name) {
        return answer.headers().all(name);
    }
}
