package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.explain.ExplainContributor;
import dev.meridian.routes.explain.ExplainedRequest;
import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.cloud.gateway.handler.AsyncPredicate;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.json.JsonContent;
import org.springframework.test.json.JsonContentAssert;
import reactor.core.publisher.Mono;

/** As an operator uses it: over a management port of its own. */
@SpringBootTest(
        classes = ExplainEndpointOverHttpTests.Gateway.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "management.endpoints.web.exposure.include=explain,upstreams",
            "meridian.access-log.enabled=false",
            "meridian.client-address.trusted-proxies=10.0.0.0/8",
            "spring.cloud.gateway.server.webflux.routes[0].id=post",
            "spring.cloud.gateway.server.webflux.routes[0].uri=lb://orders",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/orders/**",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[1]=Method=POST",
            "spring.cloud.gateway.server.webflux.routes[1].id=orders",
            "spring.cloud.gateway.server.webflux.routes[1].uri=lb://orders",
            "spring.cloud.gateway.server.webflux.routes[1].predicates[0]=Path=/orders/**",
            "spring.cloud.gateway.server.webflux.routes[1].filters[0]=StripPrefix=1",
            "spring.cloud.gateway.server.webflux.routes[1].filters[1]=AddRequestHeader=X-Added, yes",
            "spring.cloud.gateway.server.webflux.routes[1].metadata.owner=shop",
            "spring.cloud.gateway.server.webflux.routes[1].metadata.response-timeout=250",
            "spring.cloud.gateway.server.webflux.routes[2].id=direct",
            "spring.cloud.gateway.server.webflux.routes[2].uri=${test.eu}",
            "spring.cloud.gateway.server.webflux.routes[2].predicates[0]=Path=/direct",
            "spring.cloud.gateway.server.webflux.routes[3].id=heavy",
            "spring.cloud.gateway.server.webflux.routes[3].uri=${test.eu}",
            "spring.cloud.gateway.server.webflux.routes[3].predicates[0]=Path=/weighed",
            "spring.cloud.gateway.server.webflux.routes[3].predicates[1]=Weight=group, 100",
            "meridian.upstreams.orders.balance=hash",
            "meridian.upstreams.orders.hash-on=header:X-Key",
            "meridian.upstreams.orders.regions.eu.endpoints[0]=${test.eu}",
            "meridian.upstreams.orders.regions.us.priority=1",
            "meridian.upstreams.orders.regions.us.endpoints[0]=${test.us}",
        })
class ExplainEndpointOverHttpTests {

    private static final Backend EU = Backend.start(Behaviour.echo());
    private static final Backend US = Backend.start(Behaviour.echo());

    private final HttpClient client = HttpClient.newHttpClient();

    @Value("${local.server.port}")
    private int port;

    @Value("${local.management.port}")
    private int management;

    @DynamicPropertySource
    static void backends(DynamicPropertyRegistry registry) {
        registry.add("test.eu", EU::url);
        registry.add("test.us", US::url);
    }

    @AfterAll
    static void close() {
        EU.close();
        US.close();
    }

    @Test
    void post_explainsTheWholeWay() throws Exception {
        HttpResponse<String> response = post("""
                {"uri": "/orders/7?x=1", "client-address": "10.0.0.1",
                 "headers": {"X-Forwarded-For": "192.0.2.1", "X-Key": "k", "Connection": "x-gone", "X-Gone": "1"}}
                """);

        assertThat(response.statusCode()).isEqualTo(200);
        assertJson(response).isLenientlyEqualTo("""
                {"client": {"address": "192.0.2.1", "peer": "10.0.0.1", "trusted": true, "field": "X-Forwarded-For"},
                 "route-match": {"routes": 5, "left-out": 3, "candidates": [
                    {"id": "post", "matched": false, "failed-predicate": "Methods: [POST]"},
                    {"id": "orders", "matched": true}],
                   "route": {"id": "orders", "uri": "lb://orders", "order": 0, "metadata": {"owner": "shop"}}},
                 "upstream": {"name": "orders", "balance": "hash", "rule": "by hash of header:X-Key", "endpoint": "%s",
                   "regions": [
                    {"name": "eu", "share": 1.0, "probability": 1.0, "available": "1 of 1",
                     "endpoints": [{"url": "%s", "candidate": true, "probability": 1.0}]},
                    {"name": "us", "share": 0.0, "probability": 0.0}]},
                 "forward": {"method": "GET", "url": "%s/7?x=1", "timeouts": {"connect-ms": 1000, "response-ms": 250},
                   "retries": {"attempts": 2, "repeatable": true},
                   "headers": {"added": {"X-Added": "yes", "via": "1.1 meridian", "x-forwarded-prefix": "/orders"},
                     "changed": {"x-forwarded-for": "192.0.2.1, 10.0.0.1"}}}}
                """.formatted(EU.url(), EU.url(), EU.url()));
        assertThat(response.body())
                .contains("\"name\":\"StripPrefix\",\"settings\":\"[StripPrefix parts = 1]\"", "\"X-Gone\"")
                .contains("\"own-section\":{\"some-value\":7}")
                .doesNotContain("null");
    }

    @Test
    void post_sendsNothing_andCountsNothing() throws Exception {
        int before = EU.requests().size() + US.requests().size();
        for (int i = 0; i < 20; i++) {
            post("{\"uri\": \"/orders/7\"}");
        }

        assertThat(EU.requests().size() + US.requests().size()).isEqualTo(before);
        assertThat(get("http://127.0.0.1:" + management + "/actuator/upstreams/orders")
                        .body())
                .contains("\"requests\":0");
    }

    @Test
    void post_retryPlan_tellsWhatItGoesBy() throws Exception {
        assertJson(post("{\"uri\": \"/orders/7\", \"method\": \"PUT\", \"body-size\": 10}"))
                .isLenientlyEqualTo("""
                        {"forward": {"retries": {"attempts": 2, "repeatable": true,
                          "repeated": "when it fails before its answer begins: to another endpoint, then to another region, or back where none is left",
                          "when": ["connect-failure", "refused-stream", "reset-before-response"], "statuses": [],
                          "backoff-ms": 25, "max-backoff-ms": 250,
                          "budget": {"share": "20%", "requests": 0, "retries": 0, "left": 3}}}}
                        """);
    }

    @Test
    void post_bodyThatDoesNotFit_isNotRepeated() throws Exception {
        assertJson(post("{\"uri\": \"/orders/7\", \"method\": \"PUT\", \"body-size\": 100000}"))
                .isLenientlyEqualTo("""
                        {"forward": {"retries": {"repeatable": false,
                          "repeated": "only where no upstream has looked at it, since its body is longer than replay-buffer, 65536B: to another endpoint, then to another region, or back where none is left"}}}
                        """);
    }

    @Test
    void post_routeThatNamesAnAddress_hasNoUpstream() throws Exception {
        HttpResponse<String> response = post("{\"uri\": \"/direct\"}");

        assertThat(response.body()).doesNotContain("\"upstream\":");
        assertJson(response).isLenientlyEqualTo("""
                {"forward": {"url": "%s/direct", "retries": {"attempts": 0}}}
                """.formatted(EU.url()));
    }

    @Test
    void post_weightedRoute_isDrawn() throws Exception {
        assertJson(post("{\"uri\": \"/weighed\"}")).isLenientlyEqualTo("""
                {"route-match": {"candidates": [
                  {"id": "heavy", "matched": true, "note": "Weight is drawn by chance, for this explanation anew, or follows from the key of its group"}]}}
                """);
    }

    @Test
    void post_predicateThatNeverAnswers_isGivenUp() throws Exception {
        assertJson(post("{\"uri\": \"/never\"}")).isLenientlyEqualTo("""
                {"route-match": {"candidates": [
                  {"id": "never", "matched": false, "note": "it had not answered after 1 s"}]}}
                """);
    }

    @Test
    void post_noRoute() throws Exception {
        HttpResponse<String> response = post("{\"uri\": \"/nobody\"}");

        assertJson(response).isLenientlyEqualTo("""
                {"route-match": {"candidates": [], "note": "no route matches: the request is answered with 404"}}
                """);
        assertThat(response.body()).doesNotContain("\"filters\"", "\"forward\"");
    }

    @Test
    void post_wrong_saysWhatWouldBeRight() throws Exception {
        assertRefused("{\"uri\": \"/a\", \"heders\": {}}", "member: heders (expected: one of method, uri, headers,");
        assertRefused("{}", "uri: (nothing) (expected: a path like /orders/7?x=1");
        assertRefused("{\"uri\": \"/a", "no JSON object");
        assertRefused("[]", "no JSON object");
        assertThat(client.send(
                                HttpRequest.newBuilder(uri())
                                        .header("Content-Type", "text/plain")
                                        .POST(BodyPublishers.ofString("{}"))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void gatewaysOwnPort_hasNoneOfIt() throws Exception {
        assertThat(get("http://127.0.0.1:" + port + "/actuator/explain").statusCode())
                .isEqualTo(404);
    }

    private void assertRefused(String body, String detail) throws Exception {
        HttpResponse<String> response = post(body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.body()).contains("\"detail\":\"" + detail);
    }

    private HttpResponse<String> get(String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri())
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + management + "/actuator/explain");
    }

    private static JsonContentAssert assertJson(HttpResponse<String> response) {
        return new JsonContentAssert(new JsonContent(response.body()));
    }

    @EnableAutoConfiguration
    static class Gateway {

        @Bean
        RouteLocator slowRoutes(RouteLocatorBuilder builder) {
            AsyncPredicate<org.springframework.web.server.ServerWebExchange> never = exchange -> Mono.never();
            return builder.routes()
                    .route(
                            "never",
                            route -> route.path("/never")
                                    .and()
                                    .asyncPredicate(never)
                                    .uri("http://127.0.0.1:1"))
                    .build();
        }

        @Bean
        ExplainContributor ownSection() {
            return new OwnSection();
        }
    }

    private static final class OwnSection implements ExplainContributor, Ordered {

        @Override
        public int getOrder() {
            return 1000;
        }

        @Override
        public String section() {
            return "own-section";
        }

        @Override
        public Object explain(ExplainedRequest request) {
            return new Part(7);
        }

        record Part(int someValue) {}
    }
}
