package dev.meridian.observability.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.json.JsonContent;
import org.springframework.test.json.JsonContentAssert;

/** As an operator uses it: over a management port of its own. */
@SpringBootTest(
        classes = UpstreamsEndpointOverHttpTests.Gateway.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "management.server.port=0",
            "management.server.address=127.0.0.1",
            "management.endpoints.web.exposure.include=upstreams",
            "meridian.access-log.enabled=false",
            "spring.cloud.gateway.server.webflux.routes[0].id=orders",
            "spring.cloud.gateway.server.webflux.routes[0].uri=lb://orders",
            "spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/orders/**",
            "meridian.upstreams.orders.ramp=1ms",
            "meridian.upstreams.orders.regions.eu.endpoints[0].uri=${test.eu}",
            "meridian.upstreams.orders.regions.eu.endpoints[0].zone=a",
            "meridian.upstreams.orders.regions.us.priority=1",
            "meridian.upstreams.orders.regions.us.endpoints[0]=${test.us}",
            "meridian.upstreams.payments.endpoints[0]=${test.us}",
        })
class UpstreamsEndpointOverHttpTests {

    private static final Backend EU = Backend.start(Behaviour.echo());
    private static final Backend US = Backend.start(Behaviour.echo());

    private final HttpClient client = HttpClient.newHttpClient();

    @Value("${local.server.port}")
    private int port;

    @Value("${local.management.port}")
    private int management;

    @Autowired
    private MeterRegistry meters;

    @DynamicPropertySource
    static void backends(DynamicPropertyRegistry registry) {
        registry.add("test.eu", EU::url);
        registry.add("test.us", US::url);
    }

    @AfterEach
    void backToActive() throws Exception {
        post("{\"region\": \"eu\", \"state\": \"active\"}");
        post("{\"region\": \"us\", \"state\": \"active\"}");
        post("{\"region\": \"eu\", \"endpoint\": \"" + EU.url() + "\", \"state\": \"active\"}");
    }

    @AfterAll
    static void close() {
        EU.close();
        US.close();
    }

    @Test
    void get_allUpstreams() throws Exception {
        assertJson(get("")).isLenientlyEqualTo("""
                {"upstreams": [
                  {"name": "orders", "balance": "round-robin", "region-selection": "weighted", "regions": ["eu", "us"]},
                  {"name": "payments", "regions": ["default"]}]}
                """);
    }

    @Test
    void get_oneUpstream() throws Exception {
        assertThat(request().statusCode()).isEqualTo(200);

        HttpResponse<String> response = get("/orders");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).contains("json");
        assertJson(response).isLenientlyEqualTo("""
                {"name": "orders", "regions": [
                  {"name": "eu", "priority": 0, "weight": 1, "state": "active", "configured-state": "active",
                   "share": 1.0, "active": 0, "endpoints": [
                    {"url": "%s", "zone": "a", "weight": 1, "state": "available", "active": 0, "ejections": 0}]},
                  {"name": "us", "priority": 1, "share": 0.0, "requests": 0}]}
                """.formatted(EU.url()));
        assertThat(response.body())
                .contains("\"latency-ms\"", "\"response-time-ms\"")
                .doesNotContain("null", "NaN", "ordered-state", "check-latency-ms");
    }

    @Test
    void get_unknownUpstream() throws Exception {
        HttpResponse<String> response = get("/nobody");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertJson(response).isLenientlyEqualTo("""
                {"title": "Not Found", "status": 404, "detail": "upstream: nobody (expected: one of orders, payments)"}
                """);
    }

    @Test
    void post_drainsARegion_atOnce() throws Exception {
        HttpResponse<String> response = post("{\"region\": \"eu\", \"state\": \"draining\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertJson(response).isStrictlyEqualTo("""
                {"upstream": "orders", "region": "eu", "before": "active", "after": "draining", "dry-run": false,
                 "effect": "takes no new requests; none is under way",
                 "shares-before": {"eu": 1.0, "us": 0.0}, "shares-after": {"eu": 0.0, "us": 1.0}}
                """);
        int before = US.requests().size();
        assertThat(request().statusCode()).isEqualTo(200);
        assertThat(US.requests()).hasSize(before + 1);
        assertJson(get("/orders")).isLenientlyEqualTo("""
                {"regions": [{"name": "eu", "state": "draining", "ordered-state": "draining", "reason": "draining"},
                  {"name": "us", "share": 1.0}]}
                """);
    }

    @Test
    void post_takesAnEndpointOut_andNobodyIsLeft() throws Exception {
        post("{\"region\": \"us\", \"state\": \"off\"}");
        HttpResponse<String> response =
                post("{\"region\": \"eu\", \"endpoint\": \"" + EU.url() + "\", \"state\": \"off\"}");

        assertThat(response.body()).contains("nobody serves orders then");
        assertThat(request().statusCode()).isEqualTo(503);
        assertThat(meters.get("meridian.upstream.availability.changes")
                        .tags("upstream", "orders", "region", "eu", "to", "off")
                        .counter()
                        .count())
                .isOne();
        post("{\"region\": \"eu\", \"endpoint\": \"" + EU.url() + "\", \"state\": \"active\"}");
        assertThat(request().statusCode()).isEqualTo(200);
    }

    @Test
    void post_dryRun_changesNothing() throws Exception {
        HttpResponse<String> response = post("{\"region\": \"eu\", \"state\": \"off\", \"dry-run\": true}");

        assertJson(response).isLenientlyEqualTo("{\"dry-run\": true, \"after\": \"off\"}");
        assertThat(get("/orders").body()).doesNotContain("ordered-state");
    }

    @Test
    void post_wrong_saysWhatWouldBeRight() throws Exception {
        assertRefused("{\"region\": \"asia\", \"state\": \"off\"}", "region: asia (expected: one of eu, us)");
        assertRefused(
                "{\"region\": \"eu\", \"endpoint\": \"x\", \"state\": \"off\"}",
                "endpoint: x (expected: one of " + EU.url() + ")");
        assertRefused("{\"region\": \"eu\"}", "state: (nothing) (expected: active, draining or off)");
        assertRefused("{}", "region: (nothing) (expected: the name of a region)");
        assertRefused(
                "{\"region\": \"eu\", \"state\": \"off\", \"dryrun\": true}",
                "member: dryrun (expected: one of region, endpoint, state, dry-run)");
        assertThat(post("{\"region\": \"eu\"").statusCode()).isEqualTo(400);
        assertThat(get("/orders").body()).doesNotContain("ordered-state");
    }

    /** What a page from elsewhere can make an operator's browser send. */
    @Test
    void post_thatIsNoJson_isRefused() throws Exception {
        String order = "/orders?region=eu&state=off";
        assertThat(client.send(to(order).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(415);
        HttpRequest form = to(order)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("a=b"))
                .build();
        assertThat(client.send(form, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
        assertThat(get("/orders").body()).doesNotContain("ordered-state");
    }

    @Test
    void gatewaysOwnPort_hasNoneOfIt() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/upstreams"))
                .build();

        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }

    private void assertRefused(String body, String detail) throws Exception {
        HttpResponse<String> response = post(body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("\"detail\":\"" + detail + "\"");
    }

    private HttpResponse<String> request() throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/orders/7"))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(to(path).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        HttpRequest request = to("/orders")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/actuator/upstreams" + path))
                .timeout(Duration.ofSeconds(10));
    }

    private static JsonContentAssert assertJson(HttpResponse<String> response) {
        return new JsonContentAssert(new JsonContent(response.body()));
    }

    @EnableAutoConfiguration
    static class Gateway {}
}
