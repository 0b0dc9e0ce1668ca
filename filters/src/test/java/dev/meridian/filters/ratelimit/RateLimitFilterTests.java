package dev.meridian.filters.ratelimit;

import static dev.meridian.filters.ratelimit.FakeStore.granted;
import static dev.meridian.filters.ratelimit.FakeStore.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.RateLimiter.Outcome;
import dev.meridian.filters.ratelimit.quota.Grant;
import dev.meridian.routes.exchange.GatewayExchange;
import java.net.InetAddress;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RateLimitFilterTests {

    private static final Duration MOST = Duration.ofSeconds(5);

    private final Map<String, FakeStore> stores = new HashMap<>();
    private final AtomicInteger passed = new AtomicInteger();
    private final GatewayFilterChain chain = exchange -> Mono.fromRunnable(passed::incrementAndGet);
    private final KeyReader keys = new KeyReader((principal, name) -> null);

    /** Ten in a second, named as the lines name them. */
    private RateLimits limits(String... lines) {
        List<String> all = new ArrayList<>();
        for (String name : new String[] {"a", "b", "w"}) {
            all.add(PolicyCompiler.PATH + "." + name + ".limit=10");
            all.add(PolicyCompiler.PATH + "." + name + ".window=1s");
            stores.put(name, new FakeStore());
        }
        all.add(PolicyCompiler.PATH + ".w.shadow=true");
        for (String line : lines) {
            all.add(PolicyCompiler.PATH + "." + line);
        }
        return new RateLimits(Policies.of(all.toArray(String[]::new)).all(), policy -> store(policy.name()));
    }

    private FakeStore store(String name) {
        return stores.getOrDefault(name, new FakeStore());
    }

    private RateLimitFilter filter(RateLimits limits, String... names) {
        return new RateLimitFilter(List.of(names), limits, keys);
    }

    private static MockServerWebExchange exchange(MockServerHttpRequest.BaseBuilder<?> request) {
        MockServerWebExchange exchange = MockServerWebExchange.from(request);
        GatewayExchange.require(exchange.getAttributes()).client(InetAddress.getLoopbackAddress(), false);
        return exchange;
    }

    private MockServerHttpResponse answer(RateLimitFilter filter) {
        return answer(filter, MockServerHttpRequest.get("/"));
    }

    private MockServerHttpResponse answer(RateLimitFilter filter, MockServerHttpRequest.BaseBuilder<?> request) {
        MockServerWebExchange exchange = exchange(request);
        filter.filter(exchange, chain).block(MOST);
        return exchange.getResponse();
    }

    private static long counted(RateLimits limits, String name, Outcome outcome) {
        RateLimiter limiter = limits.find(name);
        return limiter == null ? -1 : limiter.counted(outcome);
    }

    // All or nothing.

    @Test
    void admitted_passes_andIsTold() {
        RateLimits limits = limits();
        store("a").answering(granted(1, 9));
        MockServerHttpResponse response = answer(filter(limits, "a"));
        assertThat(passed).hasValue(1);
        assertThat(response.getHeaders().getFirst("RateLimit-Policy")).isEqualTo("\"a\";q=10;w=1");
        assertThat(response.getHeaders().getFirst("RateLimit")).isEqualTo("\"a\";r=9;t=1");
        assertThat(response.getHeaders().headerNames()).doesNotContain("X-RateLimit-Limit", "Retry-After");
        assertThat(store("a").events).containsExactly("take 127.0.0.1×1");
        assertThat(counted(limits, "a", Outcome.ADMITTED)).isEqualTo(1);
    }

    @Test
    void oneRefuses_theOtherGetsBackWhatItGranted_andIsNotCounted() {
        RateLimits limits = limits();
        store("a").answering(granted(1, 9));
        store("b").answering(refused(1_200_000));
        MockServerHttpResponse response = answer(filter(limits, "a", "b"));
        assertThat(response.getStatusCode()).extracting(each -> each.value()).isEqualTo(429);
        assertThat(passed).hasValue(0);
        assertThat(store("a").events).containsExactly("take 127.0.0.1×1", "back 1");
        assertThat(store("b").events).containsExactly("take 127.0.0.1×1");
        assertThat(counted(limits, "a", Outcome.ADMITTED)).isZero();
        assertThat(counted(limits, "b", Outcome.REFUSED)).isEqualTo(1);
    }

    @Test
    void uncounted_isNotGivenBack() {
        RateLimits limits = limits();
        store("a").answering(LimitStore.UNCOUNTED);
        store("b").answering(refused(1));
        answer(filter(limits, "a", "b"));
        assertThat(store("a").events).containsExactly("take 127.0.0.1×1");
    }

    @Test
    void severalRefuse_theLongestWaitIsTold() {
        RateLimits limits = limits();
        store("a").answering(refused(5_000_001));
        store("b").answering(refused(900_000));
        for (RateLimitFilter filter : List.of(filter(limits, "a", "b"), filter(limits, "b", "a"))) {
            HttpHeaders headers = answer(filter).getHeaders();
            assertThat(headers.getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("6");
            assertThat(headers.getFirst("RateLimit")).isEqualTo("\"a\";r=0;t=6");
        }
    }

    @Test
    void tightest_isTheOneOfWhichTheLeastShareIsLeft() {
        RateLimits limits = limits("b.limit=1000");
        store("a").answering(granted(1, 8));
        store("b").answering(granted(1, 500));
        HttpHeaders headers = answer(filter(limits, "a", "b")).getHeaders();
        assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"a\";q=10;w=1, \"b\";q=1000;w=1");
        assertThat(headers.getFirst("RateLimit")).isEqualTo("\"b\";r=500;t=1");
    }

    @Test
    void tightest_ofABucket_isByWhatItHolds() {
        RateLimits limits = limits("b.algorithm=token-bucket", "b.burst=100");
        store("a").answering(granted(1, 8));
        store("b").answering(granted(1, 50));
        assertThat(answer(filter(limits, "a", "b")).getHeaders().getFirst("RateLimit"))
                .isEqualTo("\"b\";r=50;t=1");
    }

    // Policies that watch.

    @Test
    void shadow_neverRefuses_andSaysNothing() {
        RateLimits limits = limits();
        store("w").answering(refused(1));
        MockServerHttpResponse response = answer(filter(limits, "w"));
        assertThat(passed).hasValue(1);
        assertThat(response.getHeaders().isEmpty()).isTrue();
        assertThat(counted(limits, "w", Outcome.SHADOW_REFUSED)).isEqualTo(1);
    }

    @Test
    void shadow_isAskedOnlyWhenTheRequestPasses() {
        RateLimits limits = limits();
        store("w").answering(granted(1, 9));
        store("a").answering(refused(1));
        answer(filter(limits, "w", "a"));
        assertThat(store("w").events).isEmpty();
        store("a").answering(granted(1, 9));
        answer(filter(limits, "w", "a"));
        assertThat(store("w").events).containsExactly("take 127.0.0.1×1");
        assertThat(counted(limits, "w", Outcome.ADMITTED)).isEqualTo(1);
    }

    @Test
    void shadow_thatAnswersLater_holdsNobodyUp_andIsCountedThen() {
        RateLimits limits = limits();
        store("a").answering(granted(1, 9));
        answer(filter(limits, "a", "w"));
        assertThat(passed).hasValue(1);
        store("w").answer(refused(1));
        assertThat(counted(limits, "w", Outcome.SHADOW_REFUSED)).isEqualTo(1);
        assertThat(passed).hasValue(1);
    }

    @Test
    void shadow_withoutAKey_refusesNobody() {
        RateLimits limits = limits("w.key=header:X", "w.on-missing-key=deny");
        answer(filter(limits, "w"));
        assertThat(passed).hasValue(1);
        assertThat(counted(limits, "w", Outcome.MISSING_KEY)).isEqualTo(1);
    }

    // Without a key, or not concerned.

    @Test
    void missingKey_deny_isABadRequest_ofWhichNothingIsTaken() {
        RateLimits limits = limits("b.key=header:X-Key", "b.on-missing-key=deny");
        store("a").answering(granted(1, 9));
        MockServerHttpResponse response = answer(filter(limits, "a", "b"));
        assertThat(response.getStatusCode()).extracting(each -> each.value()).isEqualTo(400);
        assertThat(response.getBodyAsString().block(MOST)).contains("header:X-Key");
        assertThat(store("a").events).isEmpty();
        assertThat(counted(limits, "b", Outcome.MISSING_KEY)).isEqualTo(1);
    }

    @Test
    void missingKey_skip_passesUncounted() {
        RateLimits limits = limits("b.key=header:X-Key", "b.on-missing-key=skip");
        assertThat(answer(filter(limits, "b")).getHeaders().isEmpty()).isTrue();
        assertThat(passed).hasValue(1);
        assertThat(store("b").events).isEmpty();
    }

    @Test
    void missingKey_clientIp_countsForTheClient() {
        RateLimits limits = limits("b.key=header:X-Key", "b.privacy=false");
        store("b").answering(granted(1, 9));
        answer(filter(limits, "b"));
        assertThat(store("b").events).containsExactly("take |127.0.0.1×1");
    }

    @Test
    void exempt_orOfNoCost_isNotAsked() {
        RateLimits limits = limits("a.exempt.addresses=127.0.0.0/8", "b.cost.get=0", "b.cost.post=4");
        store("b").answering(granted(4, 6));
        answer(filter(limits, "a", "b"));
        assertThat(passed).hasValue(1);
        assertThat(store("a").events).isEmpty();
        assertThat(store("b").events).isEmpty();
        answer(filter(limits, "a", "b"), MockServerHttpRequest.post("/"));
        assertThat(store("b").events).containsExactly("take 127.0.0.1×4");
        assertThat(counted(limits, "a", Outcome.EXEMPT)).isEqualTo(2);
        assertThat(counted(limits, "b", Outcome.EXEMPT)).isEqualTo(1);
    }

    @Test
    void policyThatIsGone_holdsNobodyUp() {
        RateLimits limits = limits();
        answer(filter(limits, "gone"));
        store("a").answering(granted(1, 9));
        answer(filter(limits, "gone", "a"));
        assertThat(passed).hasValue(2);
        assertThat(store("a").events).hasSize(1);
    }

    // Answers that come later.

    @Test
    void lateAnswers_theRequestGoesOnWithTheLastOne_inWhicheverThreadItComes() {
        RateLimits limits = limits();
        StepVerifier.create(filter(limits, "a", "b").filter(exchange(MockServerHttpRequest.get("/")), chain))
                .then(() -> inAThread(() -> store("b").answer(granted(1, 5))))
                .then(() -> assertThat(passed).hasValue(0))
                .then(() -> inAThread(() -> store("a").answer(granted(1, 5))))
                .expectComplete()
                .verify(MOST);
        assertThat(passed).hasValue(1);
        assertThat(counted(limits, "a", Outcome.ADMITTED)).isEqualTo(1);
        assertThat(counted(limits, "b", Outcome.ADMITTED)).isEqualTo(1);
    }

    @Test
    void lateAnswer_besideOneAtOnce_givesBack() {
        RateLimits limits = limits();
        store("a").answering(granted(1, 9));
        MockServerWebExchange exchange = exchange(MockServerHttpRequest.get("/"));
        StepVerifier.create(filter(limits, "a", "b").filter(exchange, chain))
                .then(() -> inAThread(() -> store("b").answer(refused(1))))
                .expectComplete()
                .verify(MOST);
        assertThat(exchange.getResponse().getStatusCode())
                .extracting(each -> each.value())
                .isEqualTo(429);
        assertThat(store("a").events).containsExactly("take 127.0.0.1×1", "back 1");
    }

    @Test
    void manyLateAnswers_inManyThreads_eachRequestGoesOnOnce() {
        RateLimits limits = limits();
        for (int round = 0; round < 200; round++) {
            MockServerWebExchange exchange = exchange(MockServerHttpRequest.get("/"));
            StepVerifier.create(filter(limits, "a", "b").filter(exchange, chain))
                    .then(() -> {
                        Thread other = new Thread(() -> store("a").answer(granted(1, 5)));
                        other.start();
                        store("b").answer(granted(1, 5));
                        join(other);
                    })
                    .expectComplete()
                    .verify(MOST);
        }
        assertThat(passed).hasValue(200);
    }

    private static void inAThread(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        join(thread);
    }

    private static void join(Thread thread) {
        try {
            thread.join(MOST.toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void cancelBeforeTheAnswer_whatIsGrantedThenIsGivenBack() {
        RateLimits limits = limits();
        Disposable request = filter(limits, "a", "b")
                .filter(exchange(MockServerHttpRequest.get("/")), chain)
                .subscribe();
        store("a").answer(granted(1, 9));
        request.dispose();
        store("b").answer(granted(1, 9));
        assertThat(passed).hasValue(0);
        assertThat(store("a").events).containsExactly("take 127.0.0.1×1", "back 1");
        assertThat(store("b").events).containsExactly("take 127.0.0.1×1", "back 1");
    }

    @Test
    void cancelBeforeTheAnswer_whatIsRefusedIsNotGivenBack() {
        RateLimits limits = limits();
        Disposable request = filter(limits, "a")
                .filter(exchange(MockServerHttpRequest.get("/")), chain)
                .subscribe();
        request.dispose();
        store("a").answer(refused(1));
        assertThat(store("a").events).containsExactly("take 127.0.0.1×1");
    }

    @Test
    void readingTheKey_thatFails_isAnError_notAHang() {
        RateLimits limits = limits("a.key=claim:tenant");
        KeyReader broken = new KeyReader((principal, name) -> {
            throw new IllegalStateException("no claims");
        });
        MockServerWebExchange exchange = MockServerWebExchange.builder(MockServerHttpRequest.get("/"))
                .principal(() -> "joe")
                .build();
        StepVerifier.create(new RateLimitFilter(List.of("a"), limits, broken).filter(exchange, chain))
                .expectErrorMessage("no claims")
                .verify(MOST);
    }

    @Test
    void principal_isAskedFor_andMayBeNobody() {
        RateLimits limits = limits("a.key=principal", "a.privacy=false");
        store("a").answering(granted(1, 9));
        MockServerWebExchange exchange = MockServerWebExchange.builder(MockServerHttpRequest.get("/"))
                .principal(() -> "joe")
                .build();
        filter(limits, "a").filter(exchange, chain).block(MOST);
        answer(filter(limits, "a"));
        assertThat(store("a").events).containsExactly("take joe×1", "take |127.0.0.1×1");
        assertThat(passed).hasValue(2);
    }

    // What a client is told.

    @ParameterizedTest
    @CsvSource({"1, 1", "999999, 1", "1000000, 1", "1000001, 2", "59000001, 60", "2678400000000, 2678400"})
    void retryAfter_isInWholeSeconds_up(long waitMicros, String seconds) {
        RateLimits limits = limits();
        store("a").answering(refused(waitMicros));
        HttpHeaders headers = answer(filter(limits, "a")).getHeaders();
        assertThat(headers.getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo(seconds);
        assertThat(headers.getFirst("RateLimit")).endsWith(";t=" + seconds);
    }

    @Test
    void whatCanNeverBeHad_hasNoRetryAfter() {
        RateLimits limits = limits();
        store("a").answering(refused(Long.MAX_VALUE));
        HttpHeaders headers = answer(filter(limits, "a")).getHeaders();
        assertThat(headers.headerNames()).doesNotContain(HttpHeaders.RETRY_AFTER);
        assertThat(headers.getFirst("RateLimit")).isEqualTo("\"a\";r=0;t=1");
    }

    @Test
    void refused_isAProblem() {
        RateLimits limits = limits();
        store("a").answering(refused(1));
        MockServerHttpResponse response = answer(filter(limits, "a"));
        assertThat(response.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE)).isEqualTo("application/problem+json");
        assertThat(response.getBodyAsString().block(MOST))
                .contains("\"status\":429", "urn:meridian:problem:rate-limited", "The limit a is used up.");
    }

    @Test
    void refused_withAStatusOfItsOwn() {
        RateLimits limits = limits("a.refusal.status=503");
        store("a").answering(refused(1_000_001));
        MockServerHttpResponse response = answer(filter(limits, "a"));
        assertThat(response.getStatusCode()).extracting(each -> each.value()).isEqualTo(503);
        assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("2");
        assertThat(response.getBodyAsString().block(MOST)).contains("\"status\":503");
    }

    @ParameterizedTest
    @CsvSource({"text/plain;charset=UTF-8, UTF-8", "application/json, UTF-8", "text/html;charset=ISO-8859-1, ISO-8859-1"
    })
    void refused_withABodyOfItsOwn_inItsCharset(String type, String charset) {
        RateLimits limits = limits("a.refusal.body=Später", "a.refusal.content-type=" + type);
        store("a").answering(refused(1));
        MockServerHttpResponse response = answer(filter(limits, "a"));
        byte[] body = "Später".getBytes(Charset.forName(charset));
        assertThat(response.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE)).isEqualTo(type);
        assertThat(response.getHeaders().getContentLength()).isEqualTo(body.length);
        StepVerifier.create(DataBufferUtils.join(response.getBody()).map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    return bytes;
                }))
                .assertNext(bytes -> assertThat(bytes).isEqualTo(body))
                .expectComplete()
                .verify(MOST);
    }

    @Test
    void unavailable_isNoFaultOfTheClient() {
        RateLimits limits = limits();
        store("a").answering(LimitStore.UNAVAILABLE);
        store("b").answering(granted(1, 9));
        MockServerHttpResponse response = answer(filter(limits, "a", "b"));
        assertThat(response.getStatusCode()).extracting(each -> each.value()).isEqualTo(503);
        assertThat(response.getHeaders().headerNames())
                .contains(HttpHeaders.RETRY_AFTER)
                .doesNotContain("RateLimit");
        assertThat(store("b").events).containsExactly("take 127.0.0.1×1", "back 1");
        assertThat(counted(limits, "a", Outcome.UNAVAILABLE)).isEqualTo(1);
    }

    @Test
    void unavailable_besideARefusal_isARefusal() {
        RateLimits limits = limits();
        store("a").answering(LimitStore.UNAVAILABLE);
        store("b").answering(refused(1));
        assertThat(answer(filter(limits, "a", "b")).getStatusCode())
                .extracting(each -> each.value())
                .isEqualTo(429);
    }

    @Test
    void headers_canBeOff_forOneOfTwo() {
        RateLimits limits = limits("a.headers=false", "b.limit=100");
        store("a").answering(granted(1, 1));
        store("b").answering(granted(1, 99));
        HttpHeaders headers = answer(filter(limits, "a", "b")).getHeaders();
        assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"b\";q=100;w=1");
        assertThat(headers.headerNames()).doesNotContain("RateLimit");
        store("a").answering(refused(1));
        assertThat(answer(filter(limits, "a")).getHeaders().headerNames())
                .contains(HttpHeaders.RETRY_AFTER)
                .doesNotContain("RateLimit", "RateLimit-Policy");
    }

    @Test
    void legacyHeaders_canBeOn() {
        RateLimits limits = limits("a.legacy-headers=true");
        store("a").answering(granted(1, 4));
        HttpHeaders headers = answer(filter(limits, "a")).getHeaders();
        assertThat(legacy(headers)).containsExactly("10", "4", "1");
        store("a").answering(refused(2_000_000));
        assertThat(legacy(answer(filter(limits, "a")).getHeaders())).containsExactly("10", "0", "2");
    }

    private static List<@Nullable String> legacy(HttpHeaders headers) {
        List<@Nullable String> values = new ArrayList<>();
        for (String name : new String[] {"Limit", "Remaining", "Reset"}) {
            values.add(headers.getFirst("X-RateLimit-" + name));
        }
        return values;
    }

    @Test
    void twoFiltersOfARoute_bothAreTold_andTheLegacyOnesAreOfTheTightest() {
        RateLimits limits = limits("a.legacy-headers=true", "b.legacy-headers=true", "b.limit=100");
        store("a").answering(granted(1, 2));
        store("b").answering(granted(1, 90));
        Consumer<List<String>> both = names -> {
            MockServerWebExchange exchange = exchange(MockServerHttpRequest.get("/"));
            filter(limits, names.get(0))
                    .filter(exchange, first -> filter(limits, names.get(1)).filter(first, chain))
                    .block(MOST);
            HttpHeaders headers = exchange.getResponse().getHeaders();
            assertThat(headers.get("RateLimit")).hasSize(1);
            assertThat(headers.getFirst("RateLimit")).contains("\"a\";r=2;t=1", "\"b\";r=90;t=1", ", ");
            assertThat(headers.getFirst("RateLimit-Policy")).contains("\"a\";q=10;w=1", "\"b\";q=100;w=1", ", ");
            assertThat(legacy(headers)).containsExactly("10", "2", "1");
        };
        both.accept(List.of("a", "b"));
        both.accept(List.of("b", "a"));
        assertThat(passed).hasValue(2);
    }

    @Test
    void grantOfTheSecondRate_isToldByItsName() {
        RateLimits limits = limits(
                "a.overrides[0].key=*",
                "a.overrides[0].limits[0].limit=5",
                "a.overrides[0].limits[0].window=1s",
                "a.overrides[0].limits[1].limit=50",
                "a.overrides[0].limits[1].window=1m");
        store("a").answering(new Grant(1, 1, 1, 7, 30_000_000, 0));
        HttpHeaders headers = answer(filter(limits, "a")).getHeaders();
        assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"a.1\";q=5;w=1, \"a.2\";q=50;w=60");
        assertThat(headers.getFirst("RateLimit")).isEqualTo("\"a.2\";r=7;t=30");
    }
}
