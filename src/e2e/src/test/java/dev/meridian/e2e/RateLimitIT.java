package dev.meridian.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.e2e.gateway.GatewayConfig;
import dev.meridian.e2e.gateway.GatewayProcess;
import dev.meridian.e2e.gateway.SharedGateway;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.redis.RedisServers;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Who asks for more than he may is told so, and when to come back; an operator sees it, and can forgive. Counted in the
 * gateway itself, where nothing else is said. Each test asks with keys of its own; windows are long, so that none ends meanwhile.
 */
@Execution(ExecutionMode.SAME_THREAD)
class RateLimitIT {

    private static final Duration END = Duration.ofSeconds(60);
    /** Policies are looked up every five seconds. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final String POLICIES = """
            meridian.rate-limits:
              per-key: { limit: 3, window: 1h, key: "header:X-Key", on-missing-key: deny, algorithm: sliding-log }
              whole: { limit: 2, window: 31d, key: route }
              ignored: { limit: 1, window: 31d, shadow: true }
              classic: { limit: 1, window: 31d, key: "query:k", legacy-headers: true, headers: false, refusal: { status: 420, body: "calm down" } }
            """;

    @AutoClose
    private static final Backend backend = Backend.start(Behaviour.answer(200, "ok"));

    private static final GatewayConfig ROUTES = GatewayConfig.empty()
            .with("meridian.access-log.file: access.txt")
            .route("/keyed", "lb://main", "RateLimit=per-key")
            .route("/both", "lb://main", "RateLimit=per-key,whole")
            .route("/shadow", "lb://main", "RateLimit=ignored")
            .route("/classic", "lb://main", "RateLimit=classic")
            .upstream("main", backend.url());

    private static final GatewayConfig CONFIG = ROUTES.with(POLICIES);

    @RegisterExtension
    static final SharedGateway gateway = SharedGateway.of("rate-limit", CONFIG);

    @AutoClose
    private static final RedisServers redis = RedisServers.single();

    private static final String STOCK = "name: RequestRateLimiter, args: { redis-rate-limiter.replenishRate: 1, "
            + "redis-rate-limiter.burstCapacity: 1, key-resolver: \"#{@principalNameKeyResolver}\"";

    @RegisterExtension
    static final SharedGateway withRedis = SharedGateway.of(
            "rate-limit-redis",
            GatewayConfig.empty()
                    .routeOf("uri: \"lb://main\", predicates: [Path=/denied], filters: [{ %s } }]".formatted(STOCK))
                    .routeOf(
                            "uri: \"lb://main\", predicates: [Path=/let-pass], filters: [{ %s, deny-empty-key: false } }]"
                                    .formatted(STOCK))
                    .route("/shared", "lb://main", "RateLimit=shared")
                    .upstream("main", backend.url())
                    .with("spring.data.redis: { host: 127.0.0.1, port: %d }".formatted(redis.port()))
                    .with("meridian.rate-limits.shared: { key: \"header:X-Key\", limits: ["
                            + "{ limit: 2, window: 1h }, { limit: 9, window: 31d }] }"));

    private static Response get(int port, String path, String... fields) {
        try (RawClient client = RawClient.connect(port)) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n"
                            + String.join("\r\n", fields) + (fields.length == 0 ? "" : "\r\n") + "\r\n")
                    .readResponse();
        }
    }

    private static Response get(String path, String... fields) {
        return get(gateway.port(), path, fields);
    }

    private static Response keyed(String key) {
        return get("/keyed", "X-Key: " + key);
    }

    private static String look(String path) {
        HttpResponse<String> answer = gateway.process().get("/actuator/ratelimits" + path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static String field(Response answer, String name) {
        return answer.headers().first(name).orElse("(none)");
    }

    @Test
    void refused_isToldWhenToComeBack() throws Exception {
        Response first = keyed("told");
        assertThat(first.status()).isEqualTo(200);
        assertThat(field(first, "RateLimit-Policy")).isEqualTo("\"per-key\";q=3;w=3600");
        assertThat(field(first, "RateLimit")).matches("\"per-key\";r=2;t=\\d{4}");
        assertThat(first.headers().has("Retry-After")).isFalse();
        assertThat(field(keyed("told"), "RateLimit")).startsWith("\"per-key\";r=1;");
        assertThat(field(keyed("told"), "RateLimit")).startsWith("\"per-key\";r=0;");
        int served = backend.requests().size();

        Response refused = keyed("told");

        ProblemAssert.assertThat(refused.answer())
                .hasStatus(429)
                .isProblem()
                .hasType("urn:meridian:problem:rate-limited")
                .hasDetail("The limit per-key is used up.")
                .hasNoProxyStatus()
                .hasRetryAfter(Duration.ofSeconds(3500), Duration.ofSeconds(3600));
        assertThat(field(refused, "RateLimit")).isEqualTo("\"per-key\";r=0;t=" + field(refused, "Retry-After"));
        assertThat(backend.requests()).hasSize(served);
        assertThat(keyed("somebody else").status()).isEqualTo(200);
        Path log = gateway.process().file("access.txt");
        Eventually.holds(
                "it to be logged",
                () -> Files.readString(log)
                        .matches(
                                "(?s).*\"path\":\"/keyed\"[^\\n]*\"status\":429,\"ending\":\"complete\"[^\\n]*"
                                        + "\"route\":\"r0\",\"attempts\":0,\"failure\":\"http_request_denied\",\"trace_id\"[^\\n]*\\n.*"));
    }

    @Test
    void withoutTheKey_isABadRequest() {
        ProblemAssert.assertThat(get("/keyed").answer())
                .hasStatus(400)
                .isProblem()
                .hasType("urn:meridian:problem:rate-limit-key-missing")
                .hasDetailContaining("header:X-Key")
                .hasNoProxyStatus();
    }

    @Test
    void refusal_isTheOwnersWords_andOldFields() {
        Response first = get("/classic?k=a");
        assertThat(field(first, "X-RateLimit-Limit")).isEqualTo("1");
        assertThat(field(first, "X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(first.headers().has("RateLimit")).isFalse();

        Response refused = get("/classic?k=a");

        assertThat(refused.status()).isEqualTo(420);
        assertThat(refused.body().text()).isEqualTo("calm down");
        assertThat(field(refused, "Content-Type")).startsWith("text/plain");
        assertThat(refused.headers().has("Retry-After")).isTrue();
    }

    @Test
    void twoPolicies_allOrNothing() {
        Response first = get("/both", "X-Key: both");
        assertThat(field(first, "RateLimit-Policy")).isEqualTo("\"per-key\";q=3;w=3600, \"whole\";q=2;w=2678400");
        assertThat(field(first, "RateLimit")).startsWith("\"whole\";r=1;");
        assertThat(get("/both", "X-Key: both").status()).isEqualTo(200);

        Response refused = get("/both", "X-Key: both");

        ProblemAssert.assertThat(refused.answer()).hasStatus(429).hasDetail("The limit whole is used up.");
        assertThat(look("/per-key/both")).contains("\"used\":2.0,\"remaining\":1");
        assertThat(look("/whole/r1")).contains("\"remaining\":0");

        assertThat(gateway.process().delete("/actuator/ratelimits/whole/r1").statusCode())
                .isEqualTo(204);
        assertThat(get("/both", "X-Key: both").status()).isEqualTo(200);
        // Now it is the other way round.
        ProblemAssert.assertThat(get("/both", "X-Key: both").answer())
                .hasStatus(429)
                .hasDetail("The limit per-key is used up.");
        assertThat(look("/whole/r1")).contains("\"remaining\":1");
    }

    @Test
    void shadow_refusesNobody() {
        for (int i = 0; i < 3; i++) {
            Response answer = get("/shadow");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers().has("RateLimit")).isFalse();
        }
        assertThat(gateway.process()
                        .metric(
                                "meridian_ratelimit_requests_total",
                                "policy=\"ignored\"",
                                "outcome=\"shadow-refused\""))
                .hasValue(2);
    }

    @Test
    void explain_counts_nothing() {
        keyed("asking");
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> explained = gateway.process()
                    .post("/actuator/explain", "{\"uri\": \"/keyed\", \"headers\": {\"X-Key\": \"asking\"}}");
            assertThat(explained.statusCode()).isEqualTo(200);
            assertThat(explained.body())
                    .containsPattern("\"rate-limits\":\\[\\{\"policy\":\"per-key\",\"algorithm\":\"sliding-log\"")
                    .contains("\"remaining\":2", "\"verdict\":\"passes\"", "\"key\":\"#")
                    .doesNotContain("\"key\":\"asking\"");
        }
        assertThat(look("/per-key/asking")).contains("\"used\":1.0,\"remaining\":2");
    }

    @Test
    void endpoint_showsKeysAndForgets() {
        for (int i = 0; i < 4; i++) {
            keyed("greedy");
        }
        assertThat(look(""))
                .contains("\"store\":{\"kind\":\"local\",\"available\":true,\"gateways\":1}")
                .contains("\"name\":\"per-key\"", "\"name\":\"whole\"");
        String policy = look("/per-key");
        assertThat(policy).contains("\"counted-in\":\"local\"", "\"share\":1.0").doesNotContain("greedy");
        Matcher hash = Pattern.compile("\"key\":\"(#[0-9a-f]{32})\"").matcher(look("/per-key/greedy"));
        assertThat(hash.find()).isTrue();
        assertThat(policy).contains(hash.group(1));
        String path = "/per-key/" + URLEncoder.encode(hash.group(1), StandardCharsets.UTF_8);
        assertThat(look(path)).contains("\"remaining\":0");

        assertThat(gateway.process().delete("/actuator/ratelimits" + path).statusCode())
                .isEqualTo(204);

        assertThat(keyed("greedy").status()).isEqualTo(200);
        assertThat(gateway.process()
                        .delete("/actuator/ratelimits/per-ky/greedy")
                        .body())
                .contains("\"status\":404", "did you mean: per-key");
    }

    @Test
    void refresh_changesTheLimit_andKeepsTheCounts() {
        for (int i = 0; i < 3; i++) {
            assertThat(keyed("patient").status()).isEqualTo(200);
        }
        assertThat(keyed("patient").status()).isEqualTo(429);
        try {
            change("per-key: { limit: 3", "per-key: { limit: 5");
            assertThat(field(keyed("patient"), "RateLimit")).startsWith("\"per-key\";r=1;");
            assertThat(keyed("patient").status()).isEqualTo(200);
            assertThat(keyed("patient").status()).isEqualTo(429);
            change("per-key: { limit: 3", "per-key: { limit: 1");
            assertThat(keyed("patient").status()).isEqualTo(429);
            assertThat(look("/per-key/patient")).contains("\"limit\":1,", "\"remaining\":0");
        } finally {
            change("per-key", "per-key");
        }
        assertThat(keyed("patient").status()).isEqualTo(429);
    }

    @Test
    void refresh_bringsAPolicy_andTakesItAway() {
        String added = "meridian.rate-limits.added: { limit: 1, window: 1s }";
        gateway.process().rewrite(CONFIG.with(added).yaml());
        assertThat(gateway.process().refresh().statusCode()).isEqualTo(200);
        Eventually.within(SOON, "meters of it", () -> keys("added"));

        gateway.process().rewrite(CONFIG.yaml());
        assertThat(gateway.process().refresh().statusCode()).isEqualTo(200);
        Eventually.within(SOON, "no meters of it", () -> !keys("added"));
        assertThat(gateway.process().get("/actuator/ratelimits/added").statusCode())
                .isEqualTo(404);
    }

    private static boolean keys(String policy) {
        return gateway.process()
                .metric("meridian_ratelimit_keys", "policy=\"" + policy + "\"")
                .isPresent();
    }

    private static void change(String from, String to) {
        gateway.process().rewrite(CONFIG.yaml().replace(from, to));
        HttpResponse<String> refreshed = gateway.process().refresh();
        assertThat(refreshed.statusCode()).as(refreshed.body()).isEqualTo(200);
    }

    @Test
    void refresh_thatIsWrong_changesNothing() {
        gateway.process()
                .rewrite(ROUTES.with(POLICIES.replace("per-key:", "perkey:")).yaml());
        HttpResponse<String> refused = gateway.process().refresh();
        gateway.process().rewrite(CONFIG.yaml());

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("spring.cloud.gateway.server.webflux.routes[0].filters[0]", "RateLimit=per-key", "perkey");
        assertThat(keyed("unharmed").status()).isEqualTo(200);
    }

    @Test
    void wrongPolicies_endTheStart() {
        String log = failingStart("rate-limit-wrong", """
                meridian:
                  rate-limits:
                    none: { limit: 0, window: 40d }
                    twice: { limit: 1, window: 1s, cost: { post: 2 }, overrides: [{ key: "*", limit: 2 }, { key: 10.0.0.0/8, limit: 3 }] }
                    log: { algorithm: sliding-log, limit: 10001, window: 1s, burst: 4 }
                    redis: { limit: 1, window: 1s, store: redis }
                """);
        assertThat(log)
                .contains("meridian.rate-limits.none.limit", "1 to 1000000000")
                .contains("meridian.rate-limits.none.window", "1ms to 31d")
                .contains("meridian.rate-limits.twice.cost.post", "not more than may be taken at once, 1")
                .contains("meridian.rate-limits.twice.overrides[1].key", "so this never does")
                .contains("meridian.rate-limits.log.limit", "1 to 10000 with algorithm: sliding-log")
                .contains("meridian.rate-limits.log.burst", "nothing, unless algorithm is token-bucket")
                .contains("meridian.rate-limits.redis.store", "no Redis is set up")
                .contains("routes[0].filters[0]", "RateLimit=per-key", "the name of a policy")
                .containsPattern("Origin: .*gateway\\.yml");
    }

    @Test
    void unknownWords_endTheStart() {
        assertThat(failingStart(
                        "rate-limit-key",
                        "meridian.rate-limits.per-key: { limit: 1, window: 1s, key: [client-ip, headers:X] }"))
                .contains("meridian.rate-limits.per-key.key[1]", "headers:X", "header:NAME");
    }

    private static String failingStart(String name, String yaml) {
        GatewayConfig config = GatewayConfig.empty()
                .route("/keyed", "lb://main", "RateLimit=" + "per-key")
                .upstream("main", backend.url())
                .with(yaml);
        GatewayProcess started = GatewayProcess.of(name, config).launch();
        try {
            assertThat(started.exitCode(END)).isEqualTo(1);
            return started.log();
        } finally {
            started.kill();
        }
    }

    /** The packaged application knows no principal: the stock filter refuses, or lets pass, who has no key. */
    @Test
    void stockRequestRateLimiter_worksAsItStands() {
        assertThat(get(withRedis.port(), "/denied").status()).isEqualTo(403);
        for (int i = 0; i < 2; i++) {
            assertThat(get(withRedis.port(), "/let-pass").status()).isEqualTo(200);
        }
    }

    @Test
    void countedInRedis_isSeenAndForgottenThere_andItsLossIsTold() {
        GatewayProcess process = withRedis.process();
        String key = "/actuator/ratelimits/shared/ann";
        for (int i = 0; i < 3; i++) {
            get(withRedis.port(), "/shared", "X-Key: ann");
        }
        assertThat(get(withRedis.port(), "/shared", "X-Key: ann").status()).isEqualTo(429);
        assertThat(process.get("/actuator/ratelimits").body())
                .contains("\"store\":{\"kind\":\"redis\",\"available\":true,\"gateways\":1")
                .contains("\"counted-in\":\"redis\"");
        assertThat(process.get(key).body())
                .contains("\"limit\":2,\"window\":\"1h\",\"used\":2.0,\"remaining\":0,")
                .contains("\"limit\":9,\"window\":\"31d\",\"used\":2.0,\"remaining\":7,");

        assertThat(process.delete(key).statusCode()).isEqualTo(204);

        assertThat(get(withRedis.port(), "/shared", "X-Key: ann").status()).isEqualTo(200);
        assertThat(process.get(key).body()).contains("\"used\":1.0,\"remaining\":1,");

        redis.stop();
        try {
            Eventually.within(SOON, "the loss to be told", () -> {
                get(withRedis.port(), "/shared", "X-Key: bob");
                return process.get("/actuator/ratelimits").body().contains("\"available\":false");
            });
            assertThat(process.metric("meridian_ratelimit_store_available")).hasValue(0);
            assertThat(process.get(key).statusCode()).isEqualTo(503);
            assertThat(process.get("/actuator/health").statusCode()).isEqualTo(200);
            assertThat(process.readiness()).isEqualTo(200);
        } finally {
            redis.restart();
        }
        Eventually.within(SOON, "its return to be told", () -> {
            get(withRedis.port(), "/shared", "X-Key: bob");
            return process.get("/actuator/ratelimits").body().contains("\"available\":true");
        });
        assertThat(process.metric("meridian_ratelimit_store_available")).hasValue(1);
    }
}
