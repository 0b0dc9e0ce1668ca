package dev.meridian.filters.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.random.SeededRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTests {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    private final RandomGenerator random = new SeededRandom(1);

    @ParameterizedTest
    @CsvSource({
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, 00",
        // Later versions: the same four fields, and maybe more behind another dash (§3.2.4).
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00, 00",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like, 01",
        "fe-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-, 01",
        "f0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, 01",
    })
    void of_valid_continuesTheTraceWithASpanOfItsOwn(String traceparent, String flags) {
        TraceContext context = TraceContext.of(traceparent, random);

        assertThat(context.traceId()).isEqualTo(TRACE);
        assertThat(context.flags()).isEqualTo(flags);
        assertThat(context.continued()).isTrue();
        assertThat(context.spanId()).matches("[0-9a-f]{16}").isNotEqualTo(SPAN).isNotEqualTo("0".repeat(16));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00",
                "rubbish",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-.1",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
                "00-.bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                "FF-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
                " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
            })
    void of_invalid_startsATraceThatIsSampled(String traceparent) {
        TraceContext context = TraceContext.of(traceparent, random);

        assertThat(context.traceId())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(TRACE)
                .isNotEqualTo("0".repeat(32));
        assertThat(context.spanId()).matches("[0-9a-f]{16}").isNotEqualTo("0".repeat(16));
        assertThat(context.flags()).isEqualTo("01");
        assertThat(context.continued()).isFalse();
    }

    /** §3.2.2.5: version 00 knows sampled alone (later ones: random); "Vendors MUST set those to zero". */
    @ParameterizedTest
    @CsvSource({"ff, 01|03", "fe, 00|02", "04, 00", "09, 01"})
    void of_flagsThatAreNotDefined_areNotPassedOn(String flags, String allowed) {
        TraceContext context = TraceContext.of("00-" + TRACE + "-" + SPAN + "-" + flags, random);

        assertThat(context.traceId()).isEqualTo(TRACE);
        assertThat(context.flags()).isIn((Object[]) allowed.split("\\|"));
    }

    @Test
    void of_random_spreadsItsIds() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            TraceContext context = TraceContext.of(null, random);
            ids.add(context.traceId());
            ids.add(context.spanId());
        }

        assertThat(ids).hasSize(2_000);
    }

    @Test
    void of_randomThatGivesZero_isAskedAgain() {
        RandomGenerator zeroFirst = new RandomGenerator() {
            private int calls;

            @Override
            public long nextLong() {
                return calls++ % 2 == 0 ? 0 : 0x0123456789abcdefL;
            }
        };

        assertThat(TraceContext.of(null, zeroFirst).spanId()).isEqualTo("fedcba9876543210");
    }

    @Test
    void traceparent_isOfVersion00() {
        assertThat(TraceContext.traceparent(TRACE, SPAN, "01")).isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
    }
}
