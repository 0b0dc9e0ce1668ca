package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meridian.filters.ratelimit.KeyState.RateState;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.routes.definition.ConfigProblems;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

/** What a person writes must be what a request counts for, in each form that a list shows. */
class WrittenKeyTests {

    private static final KeyReader READER = new KeyReader((principal, name) -> null);
    private static final Duration SOON = Duration.ofSeconds(1);

    private static Policy policy(String... settings) {
        MockEnvironment environment = new MockEnvironment();
        environment.setProperty("meridian.rate-limits.p.limit", "10");
        environment.setProperty("meridian.rate-limits.p.window", "1s");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            environment.setProperty(
                    "meridian.rate-limits.p." + setting.substring(0, equals), setting.substring(equals + 1));
        }
        ConfigProblems problems = new ConfigProblems(environment);
        Policy policy = WrittenPolicies.of(environment, problems).policies().get("p");
        problems.throwIfAny();
        return Objects.requireNonNull(policy);
    }

    private static LimitKey ofRequest(Policy policy, String client, @Nullable String apiKey, String path) {
        MockServerHttpRequest.BaseBuilder<?> request =
                MockServerHttpRequest.get(path).remoteAddress(new InetSocketAddress(client, 4711));
        if (apiKey != null) {
            request.header("X-Key", apiKey);
        }
        MockServerWebExchange exchange = MockServerWebExchange.from(request.build());
        LimitKey key = READER.read(policy, exchange, null);
        return key == null ? READER.otherwise(policy, exchange) : key;
    }

    static Stream<Arguments> forms() {
        return Stream.of(
                Arguments.of("key=client-ip", List.of("192.0.2.7")),
                Arguments.of("key=header:X-Key", List.of("s3cret")),
                Arguments.of("key=header:X-Key", List.of("#" + "0".repeat(32))),
                Arguments.of("key=path", List.of("/orders/7")),
                Arguments.of("key=path", List.of("orders/7")),
                Arguments.of("key=path", List.of("orders", "7")),
                Arguments.of("key=header:X-Key,client-ip", List.of("s3cret", "192.0.2.7")),
                Arguments.of("key=header:X-Key,client-ip", List.of("s3cret|192.0.2.7")),
                Arguments.of("key=client-ip,path", List.of("192.0.2.7|/orders/7")),
                Arguments.of("key=client-ip,path", List.of("192.0.2.7|", "orders", "7")),
                Arguments.of("key=client-ip,path", List.of("192.0.2.7", "orders/7")));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void rawValue_isTheRequestsKey(String setting, List<String> written) {
        for (boolean privacy : new boolean[] {true, false}) {
            Policy policy = policy(setting, "privacy=" + privacy);
            LimitKey asked = ofRequest(policy, "192.0.2.7", "s3cret", "/orders/7");

            boolean other = written.get(0).startsWith("#");
            assertThat(WrittenKey.parse(policy, written).text().equals(asked.text()))
                    .isEqualTo(!other);
            assertThat(WrittenKey.parse(policy, List.of(asked.text())).text()).isEqualTo(asked.text());
        }
    }

    @Test
    void ipv6_isWrittenAsAnyoneWritesIt() {
        Policy policy = policy("key=client-ip");
        LimitKey asked = ofRequest(policy, "2001:db8::17", null, "/");

        for (String written : List.of("2001:db8::17", "2001:db8::/64", "[2001:db8::1]", asked.text())) {
            assertThat(WrittenKey.parse(policy, List.of(written)).text()).isEqualTo(asked.text());
        }
        assertThat(WrittenKey.parse(policy, List.of("2001:db8::", "64")).text()).isEqualTo(asked.text());
        assertThat(WrittenKey.parse(policy, List.of("2001:db8:0:1::17")).text()).isNotEqualTo(asked.text());
    }

    @Test
    void addressInPlaceOfAMissingKey_isNotTheSameKeyAsThatAddressInTheHeader() {
        Policy policy = policy("key=header:X-Key");
        LimitKey missing = ofRequest(policy, "192.0.2.7", null, "/");

        assertThat(WrittenKey.parse(policy, List.of("|192.0.2.7"))).isEqualTo(missing);
        assertThat(WrittenKey.parse(policy, List.of(missing.text()))).isEqualTo(missing);
        assertThat(WrittenKey.parse(policy, List.of("192.0.2.7")).text()).isNotEqualTo(missing.text());
        assertThat(WrittenKey.parse(policy, List.of("|not an address")))
                .isEqualTo(ofRequest(policy, "192.0.2.7", "|not an address", "/"));
    }

    @Test
    void override_isFound_byValueAndByHash() {
        Policy policy =
                policy("key=header:X-Key,client-ip", "overrides[0].key=big,10.0.0.0/8", "overrides[0].limit=99");
        LimitKey asked = ofRequest(policy, "10.1.2.3", "big", "/");
        assertThat(asked.limits().rates()).extracting(Rate::limit).containsExactly(99L);

        assertThat(WrittenKey.parse(policy, List.of("big", "10.1.2.3"))).isEqualTo(asked);
        assertThat(WrittenKey.parse(policy, List.of(KeyText.of("big", true), "10.1.2.3")))
                .isEqualTo(asked);
        assertThat(WrittenKey.parse(policy, List.of("big", "11.1.2.3")).limits())
                .isEqualTo(policy.limits());
    }

    @Test
    void wrongNumberOfParts_isRefused() {
        Policy policy = policy("key=header:X-Key,client-ip");

        assertThatThrownBy(() -> WrittenKey.parse(policy, List.of("s3cret")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("key: s3cret (expected: 2 parts")
                .hasMessageContaining("[header:X-Key, client-ip]");
    }

    @Test
    void state_tellsOfEachRate_andChangesNothing() {
        Policy policy = policy(
                "key=client-ip",
                "privacy=true",
                "overrides[0].key=10.0.0.0/8",
                "overrides[0].limits[0].limit=3",
                "overrides[0].limits[0].window=1s",
                "overrides[0].limits[1].limit=5",
                "overrides[0].limits[1].window=1m");
        AtomicLong micros = new AtomicLong(60_000_000);
        LocalStore store = new LocalStore(policy, micros::get);
        LimitKey asked = ofRequest(policy, "10.1.2.3", null, "/");
        for (int i = 0; i < 3; i++) {
            assertThat(store.take(asked, 1, answer -> {}).admitted()).isTrue();
        }

        // By its hash nobody can tell that the address is in the block.
        LimitKey hashed = WrittenKey.parse(policy, List.of(asked.text()));
        assertThat(hashed.limits()).isEqualTo(policy.limits());
        KeyState state = Objects.requireNonNull(store.state(hashed).block(SOON));

        assertThat(state.key()).startsWith("#");
        assertThat(state.rates())
                .containsExactly(
                        new RateState(
                                3,
                                Duration.ofSeconds(1),
                                3,
                                3,
                                0,
                                Duration.ofSeconds(1),
                                state.rates().get(0).retryAfter()),
                        new RateState(5, Duration.ofMinutes(1), 5, 3, 2, Duration.ofMinutes(1), Duration.ZERO));
        // The second of a full window has faded by a third when there is room for one of three.
        assertThat(state.rates().get(0).retryAfter()).isBetween(Duration.ofMillis(1333), Duration.ofMillis(1334));
        assertThat(store.state(asked).block(SOON)).isEqualTo(state);

        micros.addAndGet(2_000_000);
        assertThat(store.take(asked, 1, answer -> {}).remaining()).isEqualTo(1);
        store.reset(hashed).block(SOON);
        assertThat(store.state(asked).block(SOON))
                .satisfies(now ->
                        assertThat(now.rates()).extracting(RateState::used).containsExactly(0.0, 0.0));
    }
}
