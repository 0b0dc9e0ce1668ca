package dev.meridian.routes.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.testkit.random.SeededRandom;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class CanaryTests {

    private static final List<RouteWeight> WEIGHTS = List.of(
            new RouteWeight("g", "g1", 50),
            new RouteWeight("g", "g2", 50),
            new RouteWeight("h", "h1", 50),
            new RouteWeight("h", "h2", 50),
            new RouteWeight("zero", "z1", 0));
    private static final WeightedGroups GROUPS = WeightedGroups.of(WEIGHTS);
    private static final String ID = "0123456789abcdef0123456789abcdef";

    private final AtomicInteger draws = new AtomicInteger();
    private final SeededRandom seeded = new SeededRandom(3);
    private final RandomGenerator random = () -> {
        draws.incrementAndGet();
        return seeded.nextLong();
    };

    // ---- when a choice is made

    @Test
    void offer_nobodyLooks_nothingIsChosen() {
        Map<String, String> weights = offered(byChance(), exchange());

        assertThat(weights.containsKey("g")).isTrue();
        assertThat(weights.containsKey("unknown")).isFalse();
        assertThat(weights.get("unknown")).isNull();
        assertThat(draws).hasValue(0);
    }

    @Test
    void offer_oneGroupIsLookedAt_isChosenOnceAndTheOtherNot() {
        MockServerWebExchange exchange = exchange();
        Map<String, String> weights = offered(byChance(), exchange);

        String chosen = weights.get("g");

        assertThat(chosen).isIn("g1", "g2");
        for (int i = 0; i < 20; i++) {
            assertThat(weights.getOrDefault("g", "none")).isEqualTo(chosen);
        }
        assertThat(draws).hasValue(1);
    }

    @Test
    void offer_again_keepsTheChoices() {
        Canary canary = byChance();
        MockServerWebExchange exchange = exchange();
        Map<String, String> weights = offered(canary, exchange);

        assertThat(offered(canary, exchange)).isSameAs(weights);
    }

    @Test
    void offer_afterARefresh_choosesAmongTheNewRoutes() {
        Canary canary = byChance();
        MockServerWebExchange exchange = exchange();
        assertThat(offered(canary, exchange).get("g")).isIn("g1", "g2");

        canary.offer(exchange, WeightedGroups.of(List.of(new RouteWeight("g", "g3", 1))));

        assertThat(weights(exchange).get("g")).isEqualTo("g3");
    }

    @Test
    void offer_groupWithoutAnyWeight_isNotThere() {
        assertThat(offered(byChance(), exchange())).doesNotContainKey("zero");
    }

    @Test
    void offer_choiceThatIsThereAlready_goesFirst() {
        MockServerWebExchange exchange = exchange();
        exchange.getAttributes().put(ServerWebExchangeUtils.WEIGHT_ATTR, Map.of("g", "mine", "other", "x"));
        Canary canary = byChance();

        Map<String, String> weights = offered(canary, exchange);

        assertThat(weights.get("g")).isEqualTo("mine");
        assertThat(weights.get("other")).isEqualTo("x");
        assertThat(weights.containsKey("other")).isTrue();
        assertThat(draws).hasValue(0);
        assertThat(weights.get("h")).isIn("h1", "h2");
        canary.offer(exchange, WeightedGroups.of(WEIGHTS));
        assertThat(weights(exchange).get("g")).as("after a refresh").isEqualTo("mine");
    }

    @Test
    void offer_mapIsWrittenToAndListed_behavesAsOne() {
        Map<String, String> weights = offered(byChance(), exchange());

        assertThat(weights.put("g", "forced")).isNull();
        weights.put("new", "n");

        assertThat(weights.get("g")).isEqualTo("forced");
        assertThat(weights).containsEntry("new", "n").containsOnlyKeys("g", "h", "new");
    }

    @Test
    void offer_applicationsOwnChance_isAsked() {
        Canary canary = byChance();
        canary.chance(exchange -> exchange.getRequest().getHeaders().containsHeader("X-Canary") ? 0.9 : 0.1);

        assertThat(offered(canary, exchange()).get("g")).isEqualTo("g1");
        assertThat(offered(canary, exchange("X-Canary", "1")).get("g")).isEqualTo("g2");
        assertThat(draws).hasValue(0);
    }

    @Test
    void offer_byChance_sharesAsTheWeightsSay() {
        Canary canary = byChance();
        int first = 0;
        for (int i = 0; i < 10_000; i++) {
            first += "g1".equals(offered(canary, exchange()).get("g")) ? 1 : 0;
        }

        assertThat(first).isBetween(4500, 5500);
    }

    // ---- by a key

    @Test
    void header_sameValue_sameRoute() {
        Canary canary = by("header:X-User");
        Set<String> all = new HashSet<>();

        for (int i = 0; i < 50; i++) {
            String chosen = chosen(canary, exchange("X-User", "u" + i));
            assertThat(chosen(canary, exchange("X-User", "u" + i))).isEqualTo(chosen);
            all.add(chosen);
        }

        assertThat(all).containsExactlyInAnyOrder("g1", "g2");
        assertThat(draws).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"header:X-User", "cookie:user"})
    void key_absentOrEmpty_isTheClientsAddress(String key) {
        for (int i = 0; i < 50; i++) {
            String address = "203.0.113." + i;
            String byAddress = chosen(by("client-ip"), from(address));

            assertThat(chosen(by(key), from(address))).isEqualTo(byAddress);
            assertThat(chosen(by(key), from(address, "X-User", "", "Cookie", "user=")))
                    .isEqualTo(byAddress);
        }
    }

    @Test
    void clientIp_addressBehindTheProxies_goesFirst() throws UnknownHostException {
        for (int i = 0; i < 20; i++) {
            InetAddress client = InetAddress.getByName("198.51.100." + i);
            MockServerWebExchange exchange = from("10.0.0.1");
            GatewayExchange.require(exchange.getAttributes()).client(client, true);

            assertThat(chosen(by("client-ip"), exchange))
                    .isEqualTo(chosen(by("client-ip"), from(client.getHostAddress())));
        }
    }

    @Test
    void clientIp_noAddressAtAll_isStillARoute() {
        assertThat(chosen(by("client-ip"), exchange())).isIn("g1", "g2");
    }

    @Test
    void cookieOfAName_sameValue_sameRouteAndNoneIsSet() {
        Canary canary = by("cookie:user");
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            MockServerWebExchange exchange = withCookie("user", "u" + i % 10);
            String chosen = chosen(canary, exchange);
            canary.matched(exchange, List.of(new RouteWeight("g", chosen, 50)));

            assertThat(Objects.requireNonNullElse(seen.put("u" + i % 10, chosen), chosen))
                    .isEqualTo(chosen);
            assertThat(exchange.getResponse().getCookies()).isEmpty();
        }
    }

    // ---- the gateway's own cookie

    @Test
    void ownCookie_clientWithoutOne_getsOneAndStaysWhereItIs() {
        Canary canary = by("cookie");
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            MockServerWebExchange first = exchange();
            String chosen = chosen(canary, first);
            canary.matched(first, List.of(new RouteWeight("g", chosen, 50)));
            ResponseCookie cookie =
                    Objects.requireNonNull(first.getResponse().getCookies().getFirst("meridian-canary"));
            all.add(chosen);

            MockServerWebExchange second = withCookie("meridian-canary", cookie.getValue());
            assertThat(chosen(canary, second)).isEqualTo(chosen);
            canary.matched(second, List.of(new RouteWeight("g", chosen, 50)));
            assertThat(second.getResponse().getCookies()).isEmpty();
        }
        assertThat(all).containsExactlyInAnyOrder("g1", "g2");
    }

    @Test
    void ownCookie_attributes() {
        assertThat(set(by("cookie"), exchange())).satisfies(cookie -> {
            assertThat(cookie.getValue()).matches("[0-9a-f]{32}");
            assertThat(cookie.getPath()).isEqualTo("/");
            assertThat(cookie.isHttpOnly()).isTrue();
            assertThat(cookie.isSecure()).isFalse();
            assertThat(cookie.getSameSite()).isEqualTo("Lax");
            assertThat(cookie.getMaxAge()).isEqualTo(Duration.ofDays(30));
            assertThat(cookie.getDomain()).isNull();
        });
        MockServerWebExchange secure = MockServerWebExchange.from(
                MockServerHttpRequest.method(HttpMethod.GET, URI.create("https://gateway/")));
        assertThat(set(by("cookie"), secure).isSecure()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "short",
                "0123456789ABCDEF0123456789abcdef",
                "0123456789abcdef0123456789abcdefg",
                "g123456789abcdef0123456789abcdef"
            })
    void ownCookie_malformed_isReplaced(String value) {
        assertThat(set(by("cookie"), withCookie("meridian-canary", value)).getValue())
                .isNotEqualTo(value)
                .matches("[0-9a-f]{32}");
    }

    @Test
    void ownCookie_wellFormedBehindAMalformedOne_counts() {
        Canary canary = by("cookie");
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/")
                .cookie(new HttpCookie("meridian-canary", "nonsense"), new HttpCookie("meridian-canary", ID)));

        String chosen = chosen(canary, exchange);
        canary.matched(exchange, WEIGHTS);

        assertThat(chosen).isEqualTo(chosen(canary, withCookie("meridian-canary", ID)));
        assertThat(exchange.getResponse().getCookies()).isEmpty();
    }

    /** A choice that was only looked at, on the way to a route of no group: that answer is nobody's canary. */
    @Test
    void ownCookie_matchedRouteIsOfAnotherGroup_isNotSet() {
        Canary canary = new Canary(Map.of("g", key("cookie")), random);
        MockServerWebExchange exchange = exchange();
        chosen(canary, exchange);

        canary.matched(exchange, List.of(new RouteWeight("h", "h1", 50)));

        assertThat(exchange.getResponse().getCookies()).isEmpty();
    }

    @Test
    void ownCookie_twoGroups_shareOneId() {
        Canary canary = new Canary(Map.of("g", key("cookie"), "h", key("cookie")), random);
        MockServerWebExchange exchange = exchange();
        Map<String, String> weights = offered(canary, exchange);

        weights.get("g");
        weights.get("h");
        canary.matched(exchange, WEIGHTS);

        assertThat(draws).as("two numbers for one id").hasValue(2);
        assertThat(exchange.getResponse().getCookies().get("meridian-canary")).hasSize(1);
    }

    // ---- helpers

    private Canary byChance() {
        return new Canary(Map.of(), random);
    }

    private Canary by(String key) {
        return new Canary(Map.of("g", key(key)), random);
    }

    private static CanaryKey key(String text) {
        return Objects.requireNonNull(CanaryKey.parse(text));
    }

    private static ResponseCookie set(Canary canary, MockServerWebExchange exchange) {
        String chosen = chosen(canary, exchange);
        canary.matched(exchange, List.of(new RouteWeight("g", chosen, 50)));
        return Objects.requireNonNull(exchange.getResponse().getCookies().getFirst("meridian-canary"));
    }

    private static String chosen(Canary canary, MockServerWebExchange exchange) {
        return Objects.requireNonNull(offered(canary, exchange).get("g"));
    }

    private static Map<String, String> offered(Canary canary, MockServerWebExchange exchange) {
        canary.offer(exchange, GROUPS);
        return weights(exchange);
    }

    private static Map<String, String> weights(MockServerWebExchange exchange) {
        Map<String, String> weights = exchange.getAttribute(ServerWebExchangeUtils.WEIGHT_ATTR);
        return Objects.requireNonNull(weights);
    }

    private static MockServerWebExchange exchange(String... headers) {
        return from(null, headers);
    }

    private static MockServerWebExchange withCookie(String name, String value) {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/").cookie(new HttpCookie(name, value)));
    }

    private static MockServerWebExchange from(@Nullable String address, String... headers) {
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
        if (address != null) {
            request.remoteAddress(new InetSocketAddress(address, 4711));
        }
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equals("Cookie")) {
                String[] cookie = headers[i + 1].split("=", -1);
                request.cookie(new HttpCookie(cookie[0], cookie[1]));
            } else {
                request.header(headers[i], headers[i + 1]);
            }
        }
        return MockServerWebExchange.from(request);
    }
}
