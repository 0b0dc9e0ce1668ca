package dev.meridian.filters.fallback;

import dev.meridian.filters.forward.UpstreamResponses;
import dev.meridian.filters.overload.Permits;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.problem.ProblemWriter;
import dev.meridian.filters.server.SwitchingSubscriber;
import dev.meridian.routes.definition.StatusRange;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.exchange.PreparedTarget;
import dev.meridian.routes.match.OtherTarget;
import java.net.URI;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/**
 * Has something else answer where the rest of the chain fails before an answer has begun. Once per request: a route that is
 * fallen back to has no fallback of its own.
 */
final class FallbackFilter implements GatewayFilter {

    private static final Logger log = LoggerFactory.getLogger(FallbackFilter.class);

    private final Fallback fallback;
    private final List<StatusRange> failedStatuses;
    private final Supplier<DispatcherHandler> dispatcher;
    private final @Nullable PreparedTarget other;

    FallbackFilter(Fallback fallback, List<StatusRange> failedStatuses, Supplier<DispatcherHandler> dispatcher) {
        this.fallback = fallback;
        this.failedStatuses = List.copyOf(failedStatuses);
        this.dispatcher = dispatcher;
        this.other = fallback instanceof Fallback.OtherUpstream upstream ? new OtherTarget(upstream.uri()) : null;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        if (own.fallback() != null) {
            return chain.filter(exchange);
        }
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Void> actual) {
                Attempt attempt = new Attempt(exchange, chain, own, actual);
                actual.onSubscribe(attempt);
                chain.filter(exchange).subscribe(attempt);
            }
        };
    }

    private Mono<Void> answer(ServerWebExchange exchange, GatewayFilterChain chain, GatewayExchange own) {
        if (fallback instanceof Fallback.Forward forward) {
            return forward(exchange, forward.uri());
        } else if (fallback instanceof Fallback.Static written) {
            return write(exchange, written);
        }
        PreparedTarget target = other;
        if (target != null) {
            own.target(target);
        }
        return chain.filter(exchange);
    }

    /** As a client's own request for that path, with the method, the fields and the body of this one. */
    private Mono<Void> forward(ServerWebExchange exchange, URI to) {
        URI url = UriComponentsBuilder.fromUri(exchange.getRequest().getURI())
                .replacePath(to.getRawPath())
                .replaceQuery(
                        to.getRawQuery() == null
                                ? exchange.getRequest().getURI().getRawQuery()
                                : to.getRawQuery())
                .build(true)
                .toUri();
        ServerHttpRequest request =
                exchange.getRequest().mutate().uri(url).path(to.getRawPath()).build();
        return ServerWebExchangeUtils.handle(
                dispatcher.get(), exchange.mutate().request(request).build());
    }

    private static Mono<Void> write(ServerWebExchange exchange, Fallback.Static written) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(written.status()));
        HttpHeaders headers = response.getHeaders();
        written.headers().forEach(headers::set);
        if (hasBody(exchange.getRequest())) {
            // It may not have been read, so that nobody knows where the next request on the connection would begin.
            headers.set(HttpHeaders.CONNECTION, "close");
        }
        byte[] body = written.bytes();
        if (written.status() != 204 && written.status() != 304) {
            headers.setContentLength(body.length);
        }
        return body.length == 0
                ? response.setComplete()
                : response.writeWith(
                        Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }

    private static boolean hasBody(ServerHttpRequest request) {
        HttpHeaders fields = request.getHeaders();
        return fields.getFirst(HttpHeaders.TRANSFER_ENCODING) != null || fields.getContentLength() > 0;
    }

    /** The chain, then, where that failed, the fallback. */
    private final class Attempt extends SwitchingSubscriber {

        private final ServerWebExchange exchange;
        private final GatewayFilterChain chain;
        private final GatewayExchange own;
        private boolean fallingBack;
        private @Nullable Throwable failure;
        private @Nullable String routeId;

        Attempt(
                ServerWebExchange exchange,
                GatewayFilterChain chain,
                GatewayExchange own,
                CoreSubscriber<? super Void> actual) {
            super(actual);
            this.exchange = exchange;
            this.chain = chain;
            this.own = own;
        }

        @Override
        public void onComplete() {
            HttpStatusCode status = exchange.getResponse().getStatusCode();
            if (fallingBack) {
                restoreRoute();
                actual().onComplete();
            } else if (status != null
                    && hasAnswered()
                    && StatusRange.anyContains(failedStatuses, status.value())
                    && isPossible(null)) {
                fallBack(null, "received-status=" + status.value());
            } else {
                actual().onComplete();
            }
        }

        private boolean hasAnswered() {
            return own.upstreamFirstByteNanos() != 0;
        }

        @Override
        public void onError(Throwable t) {
            if (fallingBack) {
                failed(t);
                return;
            }
            String kind = FailureKind.of(t);
            if (kind != null && isPossible(t)) {
                own.failure(kind);
                fallBack(t, "error=" + kind);
            } else {
                actual().onError(t);
            }
        }

        private void failed(Throwable t) {
            restoreRoute();
            own.onFallbackFailed();
            Throwable first = failure;
            if (first == null || exchange.getResponse().isCommitted()) {
                actual().onError(t);
                return;
            }
            log.debug("Fallback {} failed as well", fallback, t);
            UpstreamResponses.discard(exchange);
            ServerWebExchangeUtils.reset(exchange);
            exchange.getResponse().getHeaders().remove(HeaderNames.PROXY_STATUS.toString());
            actual().onError(first);
        }

        private boolean isPossible(@Nullable Throwable error) {
            return !isCancelled()
                    && !exchange.getResponse().isCommitted()
                    && (fallback instanceof Fallback.Static || hasAllOfBody(error));
        }

        /** Whether what the client sends can be sent once more: there is nothing, or nothing of it has been sent. */
        private boolean hasAllOfBody(@Nullable Throwable error) {
            return !hasBody(exchange.getRequest())
                    || own.attempts() == 0
                    || error instanceof GatewayException unsent && unsent.requestUnsent();
        }

        private void fallBack(@Nullable Throwable cause, String reason) {
            fallingBack = true;
            failure = cause;
            routeId = own.routeId();
            UpstreamResponses.discard(exchange); // ends the call where it has not ended
            Permits.leaveUpstream(exchange);
            own.fallBack(fallback.kind());
            ServerWebExchangeUtils.reset(exchange);
            exchange.getAttributes().remove(ServerWebExchangeUtils.GATEWAY_SCHEME_PREFIX_ATTR);
            ServerHttpResponse response = exchange.getResponse();
            response.setStatusCode(null);
            response.getHeaders()
                    .set(
                            HeaderNames.PROXY_STATUS.toString(),
                            ProblemWriter.GATEWAY_NAME + "; " + reason + "; details=\"fallback\"");
            Mono<Void> answer;
            try {
                answer = answer(exchange, chain, own);
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                answer = Mono.error(e);
            }
            answer.subscribe(this);
        }

        /** The client asked for this route, whoever answers it. */
        private void restoreRoute() {
            String id = routeId;
            if (id != null) {
                own.routeId(id);
            }
        }

        @Override
        public void cancel() {
            super.cancel();
            restoreRoute();
        }
    }
}
