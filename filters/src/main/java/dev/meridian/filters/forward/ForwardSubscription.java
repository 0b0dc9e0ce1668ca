package dev.meridian.filters.forward;

import dev.meridian.filters.client.Peer;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.exchange.GatewayExchange;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
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
        try {
            UpstreamCall started = forwarder.start(exchange, url, client, loop, this);
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
    public void onResponse(UpstreamResponse response) {
        GatewayExchange.require(exchange.getAttributes()).upstreamFirstByte(System.nanoTime());
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

    @Override
    public void onFailure(GatewayException failure) {
        GatewayExchange.require(exchange.getAttributes()).upstreamEnd(System.nanoTime());
        if (!cancelled) {
            actual.onError(failure);
        }
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
