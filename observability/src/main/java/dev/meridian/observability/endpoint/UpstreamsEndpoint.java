package dev.meridian.observability.endpoint;

import dev.meridian.routes.upstream.Upstream;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What is known of upstreams, and a way to take regions and endpoints out and in again while the gateway runs. */
@WebEndpoint(id = UpstreamsEndpoint.ID)
final class UpstreamsEndpoint {

    static final String ID = "upstreams";
    static final String UPSTREAM = "upstream";
    static final String ORDER = "order";

    private static final Logger log = LoggerFactory.getLogger(UpstreamsEndpoint.class);
    /** For the shares to be worked out anew; they are sooner or later, whether anyone waits or not. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final Supplier<Collection<Upstream>> upstreams;
    private final Supplier<CompletionStage<Void>> settle;
    private final LongSupplier ticker;

    /**
     * @param upstreams where several have the same name, the first one counts
     * @param settle lets orders take effect
     */
    UpstreamsEndpoint(
            Supplier<Collection<Upstream>> upstreams, Supplier<CompletionStage<Void>> settle, LongSupplier ticker) {
        this.upstreams = upstreams;
        this.settle = settle;
        this.ticker = ticker;
    }

    @ReadOperation
    UpstreamList upstreams() {
        return UpstreamList.of(all());
    }

    @ReadOperation
    WebEndpointResponse<Object> upstream(@Selector String upstream) {
        Upstream found = find(upstream);
        return found == null
                ? unknown(upstream)
                : new WebEndpointResponse<>(UpstreamView.of(found, ticker.getAsLong()));
    }

    @WriteOperation
    Mono<WebEndpointResponse<Object>> order(@Selector String upstream, Map<String, Object> order) {
        Upstream found = find(upstream);
        if (found == null) {
            return Mono.just(unknown(upstream));
        }
        try {
            if (BreakerOrder.is(order)) {
                BreakerOrder.parse(order).carryOut(found);
                return settled().then(Mono.fromSupplier(() -> upstream(upstream)));
            }
            Order parsed = Order.parse(order);
            return carryOut(Target.of(found, parsed), parsed).map(WebEndpointResponse::new);
        } catch (InvalidOrderException e) {
            return Mono.just(Refusal.badRequest(String.valueOf(e.getMessage())));
        }
    }

    private Mono<OrderOutcome> carryOut(Target target, Order order) {
        OrderOutcome expected = OrderOutcome.expected(target, order);
        if (order.dryRun()) {
            return Mono.just(expected);
        }
        target.order(order.state());
        log.info(
                "{}: {} was {}, is ordered to be {}: {}",
                expected.upstream(),
                expected.endpoint() == null ? expected.region() : expected.region() + " " + expected.endpoint(),
                expected.before(),
                expected.after(),
                expected.effect());
        return settled().then(Mono.fromSupplier(() -> {
            Upstream now = find(expected.upstream());
            return now == null ? expected : expected.carriedOut(now);
        }));
    }

    private Mono<Void> settled() {
        return Mono.fromCompletionStage(settle)
                .timeout(DEADLINE)
                .onErrorComplete()
                .publishOn(Schedulers.boundedElastic());
    }

    private List<Upstream> all() {
        return upstreams.get().stream()
                .sorted(Comparator.comparing(Upstream::name))
                .toList();
    }

    private @Nullable Upstream find(String name) {
        return upstreams.get().stream()
                .filter(upstream -> upstream.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private WebEndpointResponse<Object> unknown(String name) {
        List<String> names = all().stream().map(Upstream::name).toList();
        return Refusal.notFound("upstream: " + name + " (expected: "
                + (names.isEmpty() ? "none, there is none at present)" : "one of " + String.join(", ", names) + ")"));
    }
}
