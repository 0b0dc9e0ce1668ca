package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.RateLimitDefinition.StoreKind;
import dev.meridian.filters.ratelimit.StoreState;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.json.JsonContent;
import org.springframework.test.json.JsonContentAssert;

/** As an operator uses it: over a management port of its own. Each test has a policy for itself. */
@SpringBootTest(
        classes = RateLimitsEndpointOverHttpTests.Gateway.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "management.endpoints.web.exposure.include=ratelimits,health",
            "management.endpoint.health.show-details=always",
            "management.health.redis.enabled=false",
            "meridian.access-log.enabled=false",
            "spring.cloud.gateway.server.webflux.routes[0].uri=${test.backend}",
            "spring.cloud.gateway.server.webflux.routes[0].id=client",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/client/**",
            "spring.cloud.gateway.server.webflux.routes[0].filters[0]=RateLimit=per-client",
            "spring.cloud.gateway.server.webflux.routes[1].uri=${test.backend}",
            "spring.cloud.gateway.server.webflux.routes[1].id=key",
            "spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/key/**",
            "spring.cloud.gateway.server.webflux.routes[1].filters[0]=RateLimit=per-key",
            "spring.cloud.gateway.server.webflux.routes[2].uri=${test.backend}",
            "spring.cloud.gateway.server.webflux.routes[2].id=both",
            "spring.cloud.gateway.server.webflux.routes[2].predicates[0]=Path=/both/**",
            "spring.cloud.gateway.server.webflux.routes[2].filters[0]=RateLimit=key-and-path",
            "meridian.rate-limits.per-client.limit=2",
            "meridian.rate-limits.per-client.window=1h",
            "meridian.rate-limits.per-client.algorithm=sliding-log",
            "meridian.rate-limits.per-key.limits[0].limit=5",
            "meridian.rate-limits.per-key.limits[0].window=31d",
            "meridian.rate-limits.per-key.limits[1].limit=100",
            "meridian.rate-limits.per-key.limits[1].window=7d",
            "meridian.rate-limits.per-key.key=header:X-Key",
            "meridian.rate-limits.per-key.exempt.headers.X-Probe=exempting-secret",
            "meridian.rate-limits.per-key.overrides[0].key=partners-secret",
            "meridian.rate-limits.per-key.overrides[0].limit=50",
            "meridian.rate-limits.per-key.overrides[0].window=1d",
            "meridian.rate-limits.key-and-path.limit=3",
            "meridian.rate-limits.key-and-path.window=31d",
            "meridian.rate-limits.key-and-path.algorithm=token-bucket",
            "meridian.rate-limits.key-and-path.burst=7",
            "meridian.rate-limits.key-and-path.key=query:k,path",
            "meridian.rate-limits.key-and-path.privacy=false",
        })
class RateLimitsEndpointOverHttpTests {

    private static final Backend BACKEND = Backend.start(Behaviour.answer(200, "ok"));
    private static final Pattern HASH = Pattern.compile("#[0-9a-f]{32}");

    private final HttpClient client = HttpClient.newHttpClient();

    @Value("${local.server.port}")
    private int port;

    @Value("${local.management.port}")
    private int management;

    @DynamicPropertySource
    static void backends(DynamicPropertyRegistry registry) {
        registry.add("test.backend", BACKEND::url);
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void get_all() throws Exception {
        HttpResponse<String> response = get("");

        assertThat(response.statusCode()).isEqualTo(200);
        assertJson(response).isLenientlyEqualTo("""
                {"store": {"kind": "redis", "available": false, "gateways": 3, "since": "2026-11-21T10:15:30Z",
                           "problem": "no answer within 20 ms"},
                 "policies": [{"name": "per-client", "counted-in": "local"}, {"name": "per-key"}, {"name": "key-and-path"}]}
                """);
    }

    @Test
    void get_onePolicy_saysWhatItDoesAndWhatItHasDone() throws Exception {
        for (int i = 0; i < 3; i++) {
            request("/client", "");
        }

        assertJson(get("/per-client")).isLenientlyEqualTo("""
                {"name": "per-client", "counted-in": "local", "keys": 1,
                 "settings": {"algorithm": "sliding-log", "limits": [{"limit": 2, "window": "1h"}], "key": ["client-ip"],
                   "ipv6-prefix": 64, "on-missing-key": "client-ip", "cost": {"other": 1}, "shadow": false,
                   "refusal-status": 429, "privacy": false, "sync-interval": "0s", "on-store-failure": "local",
                   "max-keys": 100000},
                 "requests": {"admitted": 2, "refused": 1, "shadow-refused": 0, "exempt": 0, "missing-key": 0,
                   "uncounted": 0, "unavailable": 0},
                 "busiest": [{"key": "127.0.0.1", "used": 2.0, "share": 1.0}]}
                """);

        HttpResponse<String> key = get("/per-client/127.0.0.1");
        assertJson(key).isLenientlyEqualTo("""
                {"policy": "per-client", "key": "127.0.0.1", "limits": [{"limit": 2, "window": "1h", "used": 2.0, "remaining": 0}]}
                """);
        assertThat(number(key, "retry-after-seconds")).isBetween(3500.0, 3600.0);
        assertThat(number(key, "reset-seconds")).isBetween(3500.0, 3600.0);

        assertThat(delete("/per-client/127.0.0.1").statusCode()).isEqualTo(204);
        assertThat(request("/client", "").statusCode()).isEqualTo(200);
        assertThat(number(get("/per-client/127.0.0.1"), "remaining")).isOne();
        assertThat(number(get("/per-client/192.0.2.7"), "remaining")).isEqualTo(2);
    }

    @Test
    void privateKeys_areHashed_andFoundByBothNames() throws Exception {
        for (int i = 0; i < 6; i++) {
            request("/key", "s3cret value");
        }
        request("/key", "partners-secret");

        HttpResponse<String> policy = get("/per-key");
        assertThat(policy.body())
                .doesNotContain("s3cret", "partners-secret", "exempting-secret")
                .contains("\"exempt-headers\":[\"X-Probe\"]");
        Matcher hashes = HASH.matcher(policy.body().substring(policy.body().indexOf("busiest")));
        assertThat(hashes.find()).isTrue();
        String hash = hashes.group();

        String byValue = get("/per-key/s3cret%20value").body();
        assertThat(byValue).contains("\"key\":\"" + hash + "\"", "\"limit\":5,\"window\":\"31d\"", "\"remaining\":0");
        assertThat(byValue).contains("\"limit\":100,\"window\":\"7d\"", "\"remaining\":95");
        assertThat(number(get("/per-key/" + encoded(hash)), "remaining")).isZero();
        assertJson(get("/per-key/partners-secret")).isLenientlyEqualTo("""
                {"limits": [{"limit": 50, "window": "1d", "remaining": 49, "retry-after-seconds": 0.0}]}
                """);

        assertThat(delete("/per-key/" + encoded(hash)).statusCode()).isEqualTo(204);
        assertThat(request("/key", "s3cret value").statusCode()).isEqualTo(200);
    }

    @Test
    void compositeKeys_asSegmentsOrJoined() throws Exception {
        assertThat(request("/both/a/b?k=one", "").statusCode()).isEqualTo(200);

        for (String form : new String[] {"one/%2Fboth%2Fa%2Fb", encoded("one|/both/a/b"), "one%7C/both/a/b"}) {
            assertJson(get("/key-and-path/" + form)).isLenientlyEqualTo("""
                    {"key": "one|/both/a/b", "limits": [{"limit": 3, "window": "31d", "burst": 7, "remaining": 6}]}
                    """);
        }
        HttpResponse<String> wrong = get("/key-and-path/one");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(wrong.body())
                .contains(
                        "key: one (expected: 2 parts, joined by | or as further segments of the path: [query:k, path])");
    }

    @Test
    void unknownPolicy_isNotFound_andTheNearestIsNamed() throws Exception {
        for (HttpResponse<String> response :
                new HttpResponse[] {get("/per-clint"), get("/per-clint/127.0.0.1"), delete("/per-clint/127.0.0.1")}) {
            assertThat(response.statusCode()).isEqualTo(404);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertJson(response).isLenientlyEqualTo("""
                    {"title": "Not Found", "status": 404, "detail":
                     "policy: per-clint (expected: one of per-client, per-key, key-and-path); did you mean: per-client"}
                    """);
        }
    }

    @Test
    void delete_withoutAKey_isRefused() throws Exception {
        assertThat(delete("/per-client").statusCode()).isEqualTo(400);
    }

    @Test
    void health_tellsOfTheStore_andStaysUp() throws Exception {
        HttpResponse<String> health = client.send(to("/actuator/health").build(), BodyHandlers.ofString());

        assertThat(health.statusCode()).isEqualTo(200);
        assertJson(health).isLenientlyEqualTo("""
                {"components": {"meridianRateLimits": {"status": "UP", "details": {"store": "redis", "available": false,
                  "gateways": 3, "since": "2026-11-21T10:15:30Z", "problem": "no answer within 20 ms"}}}}
                """);
    }

    private HttpResponse<String> request(String path, String key) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("X-Key", key)
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(to("/actuator/ratelimits" + path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return client.send(to("/actuator/ratelimits" + path).DELETE().build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path))
                .timeout(Duration.ofSeconds(10));
    }

    private static double number(HttpResponse<String> response, String member) {
        Matcher matcher = Pattern.compile("\"" + member + "\":([0-9.]+)").matcher(response.body());
        assertThat(matcher.find()).as(response.body()).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonContentAssert assertJson(HttpResponse<String> response) {
        return new JsonContentAssert(new JsonContent(response.body()));
    }

    @EnableAutoConfiguration
    static class Gateway {

        /** As of a Redis that is gone. */
        @Bean
        Supplier<StoreState> meridianRateLimitStoreState() {
            return () -> new StoreState(
                    StoreKind.REDIS, false, 3, Instant.parse("2026-11-21T10:15:30Z"), "no answer within 20 ms");
        }
    }
}
