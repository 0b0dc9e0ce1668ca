package dev.meridian.observability.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import dev.meridian.observability.exchange.ExchangeEnd;
import dev.meridian.observability.exchange.ExchangeEnding;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

class ExchangeMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ExchangeMeters meters = new ExchangeMeters(registry);

    @Test
    void onEnd_forwarded_measuresRequestGatewayAndUpstream() {
        end(Ends.of("orders", "pool"));
        end(Ends.of("orders", "pool"));

        Timer requests = registry.get("meridian.requests")
                .tags("route", "orders", "method", "GET", "status", "200", "outcome", "SUCCESS")
                .timer();
        assertThat(requests.count()).isEqualTo(2);
        assertThat(requests.totalTime(TimeUnit.MICROSECONDS)).isEqualTo(200);
        assertThat(registry.get("meridian.gateway.duration")
                        .tags("route", "orders")
                        .timer()
                        .totalTime(TimeUnit.MICROSECONDS))
                .isEqualTo(60);
        assertThat(registry.get("meridian.upstream.duration")
                        .tags("route", "orders", "upstream", "pool")
                        .timer()
                        .totalTime(TimeUnit.MICROSECONDS))
                .isEqualTo(80);
        assertThat(registry.find("meridian.upstream.failures").meters()).isEmpty();
    }

    @Test
    void onEnd_unmatched_isRouteNone() {
        end(Ends.of(null, null, HttpMethod.POST, 404, ExchangeEnding.COMPLETE, null));

        assertThat(registry.get("meridian.requests")
                        .tags("route", "none", "method", "POST", "status", "404", "outcome", "CLIENT_ERROR")
                        .timer()
                        .count())
                .isOne();
        assertThat(registry.find("meridian.upstream.duration").meters()).isEmpty();
    }

    @Test
    void onEnd_clientGone_is499() {
        end(Ends.of("orders", "pool", HttpMethod.GET, 499, ExchangeEnding.CLIENT_GONE, null));

        assertThat(registry.get("meridian.requests")
                        .tags("status", "499", "outcome", "CLIENT_GONE")
                        .timer()
                        .count())
                .isOne();
    }

    @Test
    void onEnd_upstreamFailure_isCountedForAllRoutesTogether() {
        end(Ends.failed("a", "pool", 502, "connection_refused"));
        end(Ends.failed("b", "pool", 502, "connection_refused"));
        end(Ends.failed("b", "pool", 504, "http_response_timeout"));

        assertThat(failures("pool", "connection_refused")).isEqualTo(2);
        assertThat(failures("pool", "http_response_timeout")).isOne();
        assertThat(registry.find("meridian.upstream.duration").meters()).isEmpty();
    }

    @Test
    void onEnd_noUpstreamThere_isCountedUnderNone() {
        end(Ends.failed("a", null, 503, "destination_unavailable"));

        assertThat(failures("none", "destination_unavailable")).isOne();
    }

    @Test
    void onEnd_failureOfTheClientOrTheGateway_isNotTheUpstreams() {
        end(Ends.failed("a", "pool", 413, "http_request_error"));
        end(Ends.failed("a", "pool", 405, "http_request_denied"));
        end(Ends.failed("a", "pool", 500, "proxy_internal_error"));
        for (Failure limited :
                List.of(Failure.RATE_LIMITED, Failure.RATE_LIMIT_KEY_MISSING, Failure.RATE_LIMIT_UNAVAILABLE)) {
            end(Ends.failed("a", null, limited.status(), limited.proxyError()));
        }

        assertThat(registry.find("meridian.upstream.failures").meters()).isEmpty();
    }

    @Test
    void onEnd_shedAndAnsweredByAFallback_isNoFailureOfAnUpstream() {
        ExchangeEnd shed = Ends.failed("a", null, 200, "destination_unavailable");
        shed.gateway().onShed();
        shed.gateway().fallBack("static");
        end(shed);

        assertThat(registry.find("meridian.upstream.failures").meters()).isEmpty();
        assertThat(registry.get("meridian.fallbacks")
                        .tags("route", "a", "kind", "static", "outcome", "answered")
                        .counter()
                        .count())
                .isOne();
    }

    @Test
    void onEnd_anyMethodsAndStatuses_makeABoundedNumberOfMeters() {
        for (int i = 0; i < 2_000; i++) {
            end(Ends.of("a", "pool", HttpMethod.valueOf("M" + i), 600 + i % 300, ExchangeEnding.COMPLETE, null));
        }

        assertThat(registry.find("meridian.requests").meters()).hasSize(1);
    }

    @Test
    void onEnd_upstreamsThatRequestsName_makeABoundedNumberOfMeters() {
        for (int i = 0; i < 1_000; i++) {
            end(Ends.of("a", "host-" + i + ":80"));
            end(Ends.failed("a", "host-" + i + ":80", 502, "connection_refused"));
        }

        assertThat(registry.find("meridian.upstream.duration").meters()).hasSize(RouteMeters.MAX_UPSTREAMS + 1);
        assertThat(registry.get("meridian.upstream.duration")
                        .tags("upstream", "other")
                        .timer()
                        .count())
                .isEqualTo(1_000 - RouteMeters.MAX_UPSTREAMS);
        assertThat(failures("other", "connection_refused")).isEqualTo(1_000 - RouteMeters.MAX_UPSTREAMS);
    }

    @Test
    void active_isWhatHasStartedAndNotEnded() {
        meters.onStart();
        meters.onStart();
        assertThat(active()).isEqualTo(2);
        meters.onEnd(Ends.of("a", null));
        assertThat(active()).isOne();
        meters.onEnd(Ends.of("a", null));
        assertThat(active()).isZero();
    }

    @Test
    void retain_removedRoute_takesItsMetersAlong() {
        end(Ends.of("gone", "only"));
        end(Ends.failed("gone", "only", 502, "dns_error"));
        end(Ends.of("gone", "shared"));
        end(Ends.failed("gone", "shared", 502, "dns_error"));
        end(Ends.of("stays", "shared"));
        end(Ends.of(null, null));

        meters.retain(Set.of("stays", "new"));

        assertThat(tagValues("route")).containsExactlyInAnyOrder("stays", "none");
        assertThat(tagValues("upstream")).containsExactly("shared");
        assertThat(failures("shared", "dns_error")).isOne();
    }

    @Test
    void retain_routeThatComesBack_beginsAnew() {
        end(Ends.of("a", "pool"));
        meters.retain(Set.of());
        end(Ends.of("a", "pool"));

        assertThat(registry.get("meridian.requests").tags("route", "a").timer().count())
                .isOne();
    }

    @Test
    void retain_routesThatCameAndWent_leaveNothing() {
        int before = registry.getMeters().size();
        for (int i = 0; i < 200; i++) {
            end(Ends.of("route-" + i, "pool-" + i));
            end(Ends.failed("route-" + i, "pool-" + i, 502, "connection_refused"));
            meters.retain(Set.of("other"));
        }

        assertThat(registry.getMeters()).hasSize(before);
    }

    @Test
    void onEnd_fromManyThreads_countsEach() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                running.add(pool.submit(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        end(Ends.of(
                                "r" + i % 3, "u" + i % 5, HttpMethod.GET, 200 + i % 40, ExchangeEnding.COMPLETE, null));
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get(30, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(registry.find("meridian.requests").timers().stream()
                        .mapToLong(Timer::count)
                        .sum())
                .isEqualTo(8_000);
        assertThat(registry.find("meridian.upstream.duration").timers().stream()
                        .mapToLong(Timer::count)
                        .sum())
                .isEqualTo(8_000);
        assertThat(active()).isZero();
    }

    @Test
    void meters_areTheDocumentedOnes() {
        end(Ends.of("a", "pool"));
        end(Ends.failed("a", "pool", 502, "dns_error"));

        assertThat(registry.getMeters()).isNotEmpty().allSatisfy(meter -> {
            GatewayMeters documented = List.of(GatewayMeters.values()).stream()
                    .filter(known -> known.getName().equals(meter.getId().getName()))
                    .findFirst()
                    .orElseThrow();
            assertThat(meter.getId().getType()).isEqualTo(documented.getType());
            assertThat(meter.getId().getDescription()).isEqualTo(documented.description());
            assertThat(meter.getId().getTags())
                    .extracting(Tag::getKey)
                    .containsExactlyInAnyOrderElementsOf(List.of(documented.getKeyNames()).stream()
                            .map(key -> key.asString())
                            .toList());
        });
    }

    private void end(ExchangeEnd end) {
        meters.onStart();
        meters.onEnd(end);
    }

    private double active() {
        return registry.get("meridian.requests.active").gauge().value();
    }

    private double failures(String upstream, String error) {
        return registry.get("meridian.upstream.failures")
                .tags("upstream", upstream, "error", error)
                .counter()
                .count();
    }

    private Set<String> tagValues(String key) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getTag(key))
                .filter(value -> value != null)
                .collect(Collectors.toSet());
    }
}
