package com.example.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import dev.meridian.testkit.http.Headers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRepository;
import org.springframework.context.ApplicationEventPublisher;
import reactor.core.publisher.Mono;

/** Weighted routes over HTTP, changed while requests come in. */
@SpringBootTest(
        classes = ShopApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "server.address=127.0.0.1",
            "meridian.canary.by-header.key=header:X-User",
            "meridian.canary.by-cookie.key=cookie",
        })
abstract class CanaryTests {

    private static final Duration SOON = Duration.ofSeconds(5);
    private static final int REQUESTS = 2_000;
    private static final Backend STABLE = backend("stable");
    private static final Backend CANARY = backend("canary");

    @Autowired
    private RouteDefinitionRepository repository;

    @Autowired
    private ApplicationEventPublisher events;

    @Value("${local.server.port}")
    private int port;

    private final List<String> saved = new ArrayList<>();

    @AfterEach
    void removeRoutes() {
        List.copyOf(saved).forEach(this::remove);
        refresh();
    }

    @Test
    void byChance_manyRequests_areSharedAsTheWeightsSay() {
        save("stable", STABLE, "by-chance", 70);
        save("canary", CANARY, "by-chance", 30);
        refresh();

        Map<String, Integer> shares = shares(4_000);
        assertThat(shares).containsOnlyKeys("stable", "canary");
        assertThat(shares.getOrDefault("canary", 0) / 4_000.0).isCloseTo(0.3, within(0.03)); // 4 standard deviations
    }

    @Test
    void byChance_routeRemoved_everyRequestStillFindsOne() {
        save("stable", STABLE, "by-chance", 50);
        save("canary", CANARY, "by-chance", 50);
        refresh();
        assertThat(shares(100)).containsOnlyKeys("stable", "canary");

        remove("canary");
        refresh();

        assertThat(shares(500)).isEqualTo(Map.of("stable", 500));
    }

    @Test
    void byHeader_sameValue_sameBackendAndOnlyTheDifferenceMoves() {
        save("stable", STABLE, "by-header", 90);
        save("canary", CANARY, "by-header", 10);
        refresh();
        Map<String, String> before = byUser();
        assertThat(byUser()).isEqualTo(before);
        assertThat(count(before, "canary") / (double) REQUESTS).isCloseTo(0.10, within(0.02));

        save("stable", STABLE, "by-header", 80);
        save("canary", CANARY, "by-header", 20);
        refresh();
        Map<String, String> after = byUser();

        assertThat(count(after, "canary") / (double) REQUESTS).isCloseTo(0.20, within(0.02));
        before.forEach((user, where) -> {
            if (where.equals("canary")) {
                assertThat(after).containsEntry(user, "canary");
            }
        });
    }

    @Test
    void byCookie_clientThatKeepsIt_staysWhereItIs() {
        save("stable", STABLE, "by-cookie", 50);
        save("canary", CANARY, "by-cookie", 50);
        refresh();
        Set<String> seen = new HashSet<>();
        try (RawClient client = connect()) {
            for (int i = 0; i < 30; i++) {
                Response first = get(client, "");
                String set = first.headers().first("Set-Cookie").orElse("none");
                assertThat(set)
                        .matches("meridian-canary=[0-9a-f]{32}; .*")
                        .contains("Path=/")
                        .contains("HTTPOnly")
                        .contains("SameSite=Lax")
                        .contains("Max-Age=2592000")
                        .doesNotContain("Secure");
                seen.add(first.body().text());
                String cookie = "Cookie: " + set.substring(0, set.indexOf(';')) + "\r\n";
                for (int j = 0; j < 20; j++) {
                    Response next = get(client, cookie);
                    assertThat(next.body().text()).isEqualTo(first.body().text());
                    assertThat(next.headers().has("Set-Cookie")).isFalse();
                }
            }
        }
        assertThat(seen).containsExactlyInAnyOrder("stable", "canary");
    }

    @Test
    void byCookie_noRouteMatches_noCookieIsSet() {
        save("stable", STABLE, "by-cookie", 50);
        refresh();
        try (RawClient client = connect()) {
            Response response = client.get("/elsewhere").readResponse();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.headers().has("Set-Cookie")).isFalse();
        }
    }

    // ---- helpers

    private Map<String, Integer> shares(int requests) {
        Map<String, Integer> counts = new TreeMap<>();
        try (RawClient client = connect()) {
            for (int i = 0; i < requests; i++) {
                counts.merge(get(client, "").body().text(), 1, Integer::sum);
            }
        }
        return counts;
    }

    private Map<String, String> byUser() {
        Map<String, String> chosen = new HashMap<>();
        try (RawClient client = connect()) {
            for (int i = 0; i < REQUESTS; i++) {
                chosen.put("u" + i, get(client, "X-User: u" + i + "\r\n").body().text());
            }
        }
        return chosen;
    }

    private static long count(Map<String, String> chosen, String where) {
        return chosen.values().stream().filter(where::equals).count();
    }

    private static Response get(RawClient client, String fields) {
        Response response = client.send("GET /shop HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
                .readResponse();
        assertThat(response.status()).isEqualTo(200);
        return response;
    }

    private RawClient connect() {
        return RawClient.connect(Endpoint.loopback(port));
    }

    private void save(String id, Backend backend, String group, int weight) {
        RouteDefinition definition = new RouteDefinition();
        definition.setId(id);
        definition.setUri(URI.create(backend.url()));
        // The weight first: it is asked of requests for other paths too.
        definition.setPredicates(List.of(
                new PredicateDefinition("Weight=" + group + ", " + weight), new PredicateDefinition("Path=/shop")));
        repository.save(Mono.just(definition)).block(SOON);
        saved.add(id);
    }

    private void remove(String id) {
        repository.delete(Mono.just(id)).onErrorComplete().block(SOON);
        saved.remove(id);
    }

    private void refresh() {
        events.publishEvent(new RefreshRoutesEvent(this));
    }

    private static Backend backend(String name) {
        return Backend.start(Behaviour.answer(200, Headers.none(), name));
    }
}
