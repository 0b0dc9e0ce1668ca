package dev.meridian.filters.forward;

import dev.meridian.filters.client.Peer;
import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.resilience.RetryDecision;
import dev.meridian.routes.balance.LoadReport;
import dev.meridian.routes.breaker.Breaker;
import dev.meridian.routes.definition.BalanceAlgorithm;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import dev.meridian.routes.match.RequestUrls;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.SelectionSettings;
import dev.meridian.routes.upstream.Upstream;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** One forwarding of one exchange, from subscription to the response's head (the body follows elsewhere) or failure. */
final class ForwardSubscription implements Subscription, CallListener, CoreSubscriber<Void> {

    private final Forwarder forwarder;
    private final ServerWebExchange exchange;
    private final GatewayFilterChain chain;
    private final CoreSubscriber<? super Void> actual;
    /** Where the call that is under way goes, until it has ended; on the event loop only. */
    private @Nullable LiveEndpoint endpoint;
    /** What its circuit breaker is to learn of that call. */
    private Breaker.@Nullable Sent watched;

    private boolean answered;
    private int attempts;
    private volatile boolean cancelled;
    private volatile @Nullable UpstreamCall call;
    private volatile @Nullable Subscription rest;

    ForwardSubscription(
            Forwarder forwarder,
            ServerWebExchange exchange,
            GatewayFilterChain chain,
            CoreSubscriber<? super Void> actual) {
        this.forwarder = forwarder;
        this.exchange = exchange;
        this.chain = chain;
        this.actual = actual;
    }

    void start(URI url) {
        UpstreamResponses.discard(exchange); // an earlier attempt's, when this is a retry
        Channel client = Peer.channel(exchange.getRequest());
        EventLoop loop = forwarder.loop(client);
        if (loop.inEventLoop()) {
            start(url, client, loop);
        } else {
            loop.execute(() -> start(url, client, loop));
        }
    }

    private void start(URI url, @Nullable Channel client, EventLoop loop) {
        if (cancelled) {
            return;
        }
        int attempt = ++attempts;
        try {
            UpstreamCall started = forwarder.start(exchange, url, client, loop, this);
            if (attempt != attempts) {
                return; // it failed at once, and another is under way already
            }
            call = started;
            GatewayExchange.require(exchange.getAttributes()).requestBytes(started::bytesSent);
            if (cancelled) {
                started.cancel();
            }
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            actual.onError(e);
        }
    }

    @Override
    public void onStart(@Nullable LiveEndpoint to) {
        endpoint = to;
        answered = false;
        if (to != null) {
            to.onStart();
            watched = to.watched();
        }
    }

    @Override
    public void onEnd(@Nullable GatewayException failure) {
        LiveEndpoint at = endpoint;
        if (at != null) {
            endpoint = null;
            Breaker.Sent told = watched;
            if (failure != null && isUpstreamsFault(failure)) {
                at.onFailure(failure.requestUnsent());
                if (told != null) {
                    told.onFailure();
                }
            }
            if (told != null && (failure != null || cancelled)) {
                told.onEnd(); // an answer that came whole at once is told of after its end
            }
            at.onEnd();
        }
    }

    /** Neither the client's, nor the gateway's own limits'. */
    private boolean isUpstreamsFault(GatewayException failure) {
        Failure what = failure.failure();
        return what.status() >= 500
                && what != Failure.INTERNAL_ERROR
                && what != Failure.CONNECTION_LIMIT_REACHED
                && !(answered && what == Failure.CONNECTION_WRITE_TIMEOUT);
    }

    @Override
    public void onResponse(UpstreamResponse response) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        long now = System.nanoTime();
        own.upstreamFirstByte(now);
        answered = true;
        learn(own, response, now);
        if (cancelled) {
            response.body().dispose();
            return;
        }
        Mono<Void> next;
        try {
            UpstreamResponses.accept(exchange, response, forwarder);
            next = chain.filter(exchange);
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            response.body().dispose();
            actual.onError(e);
            return;
        }
        if (next instanceof java.util.concurrent.Callable<?>) {
            actual.onComplete();
        } else {
            next.subscribe(this);
        }
    }

    private void learn(GatewayExchange own, UpstreamResponse response, long now) {
        LiveEndpoint at = own.liveEndpoint();
        Upstream upstream = own.upstream();
        if (at == null || upstream == null) {
            return;
        }
        long took = now - own.upstreamStartNanos();
        at.onResponse(response.status(), took, now);
        Breaker.Sent told = watched;
        if (told != null) {
            told.onResponse(response.status(), took);
        }
        SelectionSettings selection = upstream.settings().selection();
        if (selection.balance() == BalanceAlgorithm.RESOURCE) {
            String report = response.headers().get(HeaderNames.ENDPOINT_LOAD_METRICS);
            double utilisation =
                    report == null ? Double.NaN : LoadReport.utilisation(report, selection.resourceMetric());
            if (!Double.isNaN(utilisation)) {
                at.state().utilisation().add(utilisation, now);
            }
            // Meant for the gateway, not for its clients.
            response.headers().remove(HeaderNames.ENDPOINT_LOAD_METRICS);
        }
    }

    @Override
    public void onFailure(GatewayException failure) {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        own.upstreamEnd(System.nanoTime());
        Breaker.Sent untold = watched;
        if (untold != null) {
            untold.onEnd(); // given up, although it did not fail
        }
        if (cancelled) {
            return;
        }
        URI elsewhere = elsewhere(own, failure);
        if (elsewhere == null) {
            actual.onError(failure);
        } else {
            exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, elsewhere);
            start(elsewhere);
        }
    }

    /** Where the request is sent next, {@code null} where it is not. */
    private @Nullable URI elsewhere(GatewayExchange own, GatewayException failure) {
        Upstream upstream = own.upstream();
        LiveEndpoint failed = own.liveEndpoint();
        Selection selection = own.selection();
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (upstream == null || failed == null || selection == null || url == null) {
            return null;
        }
        if (decide(upstream, selection, failure) != RetryDecision.RETRY) {
            return null;
        }
        selection.tried(failed);
        LiveEndpoint next = upstream.choose(selection);
        if (next == null) {
            return null;
        }
        own.chosen(upstream, next, selection);
        return RequestUrls.join(next.endpoint().url(), url);
    }

    private RetryDecision decide(Upstream upstream, Selection selection, GatewayException failure) {
        UpstreamCall failing = call;
        boolean repeatable = failing != null && failing.request().repeatable();
        int allowed = upstream.settings().retry().attempts();
        return RetryDecision.of(failure, repeatable, selection.triedCount(), allowed);
    }

    @Override
    public boolean canMove() {
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        Upstream upstream = own.upstream();
        Selection selection = own.selection();
        return upstream != null
                && selection != null
                && own.liveEndpoint() != null
                && selection.triedCount() < upstream.settings().retry().attempts();
    }

    @Override
    public void request(long n) {
        Operators.validate(n);
    }

    @Override
    public void cancel() {
        cancelled = true;
        UpstreamCall started = call;
        if (started != null) {
            started.cancel();
        }
        Subscription s = rest;
        if (s != null) {
            s.cancel();
        }
    }

    // What remains of the chain behind this filter.

    @Override
    public void onSubscribe(Subscription s) {
        rest = s;
        if (cancelled) {
            s.cancel();
        } else {
            s.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(Void nothing) {}

    @Override
    public void onError(Throwable t) {
        actual.onError(t);
    }

    @Override
    public void onComplete() {
        actual.onComplete();
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }
}
