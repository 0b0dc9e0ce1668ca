package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.testkit.random.SeededRandom;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

class KeyReaderTests {

    private final KeyReader reader = new KeyReader((principal, name) -> name.equals("tenant") ? "acme" : null);

    private static MockServerWebExchange exchange(MockServerHttpRequest.BaseBuilder<?> request, String client) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        own.client(address(client), false);
        own.routeId("orders");
        return exchange;
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private @Nullable String read(Policy policy, MockServerHttpRequest.BaseBuilder<?> request) {
        return read(policy, request, null);
    }

    private @Nullable String read(
            Policy policy, MockServerHttpRequest.BaseBuilder<?> request, @Nullable Principal principal) {
        LimitKey key = reader.read(policy, exchange(request, "10.0.0.1"), principal);
        return key == null ? null : key.text();
    }

    private String ofClient(Policy policy, String client) {
        LimitKey key = reader.read(policy, exchange(MockServerHttpRequest.get("/"), client), null);
        assertThat(key).isNotNull();
        return key == null ? "" : key.text();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 64, 10.1.2.3",
        "::ffff:10.1.2.3, 64, 10.1.2.3",
        "2001:db8:1:2:3:4:5:6, 64, 2001:db8:1:2:0:0:0:0/64",
        "2001:db8:1:2:ffff::, 64, 2001:db8:1:2:0:0:0:0/64",
        "2001:db8:1:2:3:4:5:6, 56, 2001:db8:1:0:0:0:0:0/56",
        "2001:db8:1:2ff:3:4:5:6, 60, 2001:db8:1:2f0:0:0:0:0/60",
        "2001:db8:1:2:3:4:5:6, 32, 2001:db8:0:0:0:0:0:0/32",
        "2001:db8:1:2:3:4:5:6, 127, 2001:db8:1:2:3:4:5:6/127",
        "2001:db8:1:2:3:4:5:6, 128, 2001:db8:1:2:3:4:5:6"
    })
    void clientIp_isThePartOfOneCustomer(String client, int prefix, String key) {
        assertThat(ofClient(Policies.policy(".ipv6-prefix=" + prefix), client)).isEqualTo(key);
    }

    @Test
    void client_thatNobodyKnows_isOneOfAll() {
        MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
        assertThat(reader.read(Policies.policy(), exchange, null))
                .extracting(LimitKey::text)
                .isEqualTo("unknown");
    }

    @Test
    void each_source() {
        String privacy = ".privacy=false";
        assertThat(read(
                        Policies.policy(".key=header:X-Key", privacy),
                        MockServerHttpRequest.get("/").header("x-key", "a", "b")))
                .isEqualTo("a");
        assertThat(read(
                        Policies.policy(".key=cookie:sid", privacy),
                        MockServerHttpRequest.get("/").cookie(new HttpCookie("sid", "s1"))))
                .isEqualTo("s1");
        assertThat(read(Policies.policy(".key=query:key", privacy), MockServerHttpRequest.get("/?key=k1&key=k2")))
                .isEqualTo("k1");
        assertThat(read(Policies.policy(".key=principal", privacy), MockServerHttpRequest.get("/"), () -> "joe"))
                .isEqualTo("joe");
        assertThat(read(Policies.policy(".key=claim:tenant", privacy), MockServerHttpRequest.get("/"), () -> "joe"))
                .isEqualTo("acme");
        assertThat(read(Policies.policy(".key=route"), MockServerHttpRequest.get("/")))
                .isEqualTo("orders");
        assertThat(read(Policies.policy(".key=path"), MockServerHttpRequest.get("/a/b?c")))
                .isEqualTo("/a/b");
    }

    @ParameterizedTest
    @CsvSource({
        "http://Example.COM/, example.com",
        "http://example.com:8080/, example.com",
        "http://my_service:8080/, my_service",
        "http://my_service/, my_service",
        "http://[2001:db8::1]:8080/, [2001:db8::1]"
    })
    void host_isTheName_withoutCaseAndPort(String uri, String host) {
        assertThat(read(Policies.policy(".key=host"), MockServerHttpRequest.method(HttpMethod.GET, URI.create(uri))))
                .isEqualTo(KeyText.of(host, false));
    }

    @Test
    void path_isTheSame_howeverItIsWritten() {
        Policy policy = Policies.policy(".key=path");
        String plain = read(policy, MockServerHttpRequest.method(HttpMethod.GET, URI.create("/orders")));
        assertThat(read(policy, MockServerHttpRequest.method(HttpMethod.GET, URI.create("/%6Frders"))))
                .isEqualTo(plain)
                .isEqualTo("/orders");
    }

    @ParameterizedTest
    @ValueSource(strings = {"header:X-Key", "cookie:sid", "query:key", "principal", "claim:tenant", "claim:none"})
    void missing_isNone(String source) {
        assertThat(read(Policies.policy(".key=" + source), MockServerHttpRequest.get("/")))
                .isNull();
        assertThat(read(Policies.policy(".key[0]=route", ".key[1]=" + source), MockServerHttpRequest.get("/")))
                .isNull();
    }

    @Test
    void empty_isMissing() {
        assertThat(read(
                        Policies.policy(".key=header:X-Key"),
                        MockServerHttpRequest.get("/").header("X-Key", "")))
                .isNull();
        assertThat(read(Policies.policy(".key=query:key"), MockServerHttpRequest.get("/?key=&a=b")))
                .isNull();
        assertThat(read(Policies.policy(".key=query:key"), MockServerHttpRequest.get("/?key")))
                .isNull();
        assertThat(read(
                        Policies.policy(".key=cookie:sid"),
                        MockServerHttpRequest.get("/").cookie(new HttpCookie("sid", ""))))
                .isNull();
        assertThat(read(Policies.policy(".key=principal"), MockServerHttpRequest.get("/"), () -> ""))
                .isNull();
    }

    @Test
    void otherwise_isTheClient_butNotItsKeyInThePolicy() {
        Policy policy = Policies.policy(".key=header:X-Key", ".privacy=false");
        String instead = reader.otherwise(policy, exchange(MockServerHttpRequest.get("/"), "10.0.0.1"))
                .text();
        assertThat(instead).isEqualTo("|10.0.0.1");
        assertThat(read(policy, MockServerHttpRequest.get("/").header("X-Key", "10.0.0.1")))
                .isNotEqualTo(instead);
        assertThat(read(policy, MockServerHttpRequest.get("/").header("X-Key", "|10.0.0.1")))
                .isNotEqualTo(instead);
    }

    @Test
    void personalKeys_areHashed_unlessToldOtherwise() {
        for (String source : new String[] {"header:X-Key", "query:key"}) {
            MockServerHttpRequest.BaseBuilder<?> request =
                    MockServerHttpRequest.get("/?key=secret").header("X-Key", "secret");
            assertThat(read(Policies.policy(".key=" + source), request)).startsWith("#");
            assertThat(read(Policies.policy(".key=" + source, ".privacy=false"), request))
                    .isEqualTo("secret");
        }
        assertThat(ofClient(Policies.policy(), "10.0.0.1")).isEqualTo("10.0.0.1");
        assertThat(ofClient(Policies.policy(".privacy=true"), "10.0.0.1")).startsWith("#");
    }

    @Test
    void hostileValues_areKeysOfTheirOwn() {
        Policy policy = Policies.policy(".key[0]=header:A", ".key[1]=header:B", ".privacy=false");
        SeededRandom random = new SeededRandom(41);
        Map<String, String> seen = new HashMap<>();
        for (int round = 0; round < 1000; round++) {
            String a = value(random);
            String b = value(random);
            MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/");
            request.header("A", a).header("B", b);
            String key = read(policy, request);
            assertThat(key).matches("[A-Za-z0-9.:/_@#|-]{1,129}");
            String before = seen.put(String.valueOf(key), a + "\n" + b);
            assertThat(before).isIn(null, a + "\n" + b);
        }
    }

    /** As bytes arrive in a header. */
    private static String value(SeededRandom random) {
        byte[] bytes = new byte[random.nextInt(30) == 0 ? 10_240 : random.nextInt(1, 3)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (random.nextBoolean() ? "|#:{}".charAt(random.nextInt(5)) : random.nextInt(0x20, 0x100));
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void override_theFirstThatFits() throws UnknownHostException {
        Policy policy = Policies.policy(
                ".key[0]=client-ip",
                ".key[1]=header:X-Key",
                ".overrides[0].key=10.1.0.0/16,gold",
                ".overrides[0].limit=100",
                ".overrides[1].key=10.0.0.0/8,*",
                ".overrides[1].limit=50",
                ".overrides[2].key=*,gold",
                ".overrides[2].limit=20");
        assertThat(limit(policy, "10.1.2.3", "gold")).isEqualTo(100);
        assertThat(limit(policy, "10.1.2.3", "tin")).isEqualTo(50);
        assertThat(limit(policy, "10.2.2.3", "gold")).isEqualTo(50);
        assertThat(limit(policy, "192.0.2.1", "gold")).isEqualTo(20);
        assertThat(limit(policy, "192.0.2.1", "Gold")).isEqualTo(10);
    }

    private long limit(Policy policy, String client, String value) {
        LimitKey key =
                reader.read(policy, exchange(MockServerHttpRequest.get("/").header("X-Key", value), client), null);
        return key == null ? 0 : key.limits().rates().get(0).limit();
    }

    @Test
    void override_ofAHost_hasNoCase() {
        Policy policy = Policies.policy(".key=host", ".overrides[0].key=Example.com", ".overrides[0].limit=99");
        LimitKey key =
                reader.read(policy, exchange(MockServerHttpRequest.get("http://EXAMPLE.com/"), "10.0.0.1"), null);
        assertThat(key)
                .isNotNull()
                .satisfies(
                        each -> assertThat(each.limits().rates().get(0).limit()).isEqualTo(99));
    }

    @Test
    void override_ofANetwork_holdsForAllThatCountAsOne() {
        Policy policy = Policies.policy(".overrides[0].key=2001:db8::/32", ".overrides[0].limit=99");
        for (String client : new String[] {"2001:db8::1", "2001:db8:ffff::1"}) {
            LimitKey key = reader.read(policy, exchange(MockServerHttpRequest.get("/"), client), null);
            assertThat(key)
                    .isNotNull()
                    .satisfies(each ->
                            assertThat(each.limits().rates().get(0).limit()).isEqualTo(99));
        }
    }

    @Test
    void exempt_byAddressOrHeader() {
        Policy policy = Policies.policy(
                ".exempt.addresses=10.0.0.0/8,2001:db8::7",
                ".exempt.headers.X-Internal=yes,1",
                ".exempt.headers.X-Probe=true");
        HttpHeaders none = new HttpHeaders();
        assertThat(policy.exempts(address("10.200.0.1"), none)).isTrue();
        assertThat(policy.exempts(address("2001:db8::7"), none)).isTrue();
        assertThat(policy.exempts(address("2001:db8::8"), none)).isFalse();
        assertThat(policy.exempts(address("11.0.0.1"), none)).isFalse();
        assertThat(policy.exempts(null, none)).isFalse();
        HttpHeaders internal = new HttpHeaders();
        internal.set("x-internal", "1");
        assertThat(policy.exempts(null, internal)).isTrue();
        internal.set("x-internal", "no");
        assertThat(policy.exempts(null, internal)).isFalse();
        internal.set("X-Probe", "TRUE");
        assertThat(policy.exempts(null, internal)).isFalse();
    }
}
