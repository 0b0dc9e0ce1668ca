package dev.meridian.observability.exchange;

import dev.meridian.filters.client.Peer;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.exchange.GatewayExchange;
import io.netty.channel.Channel;
import io.netty.channel.unix.Errors;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.channel.AbortedException;
import reactor.util.context.Context;

/**
 * Passes all signals on and tells the observers once of the end, whichever of the three it is.
 *
 * <p>An error is not the end yet: the error handlers, which stand before all filters, make an answer of it. They mostly do
 * so within {@code onError}, so the end is told after that; where one takes its time, when the response is committed.
 */
final class ExchangeEndSubscriber implements CoreSubscriber<Void>, Subscription {

    private static final Logger log = LoggerFactory.getLogger(ExchangeEndSubscriber.class);
    private static final AtomicIntegerFieldUpdater<ExchangeEndSubscriber> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(ExchangeEndSubscriber.class, "ended");

    /** What nginx made of it: not in any RFC, understood by every log analyser. */
    static final int CLIENT_CLOSED_REQUEST = 499;

    /** An error handler that takes longer than this is not waited for: the client has most likely gone. */
    static final long ANSWER_SECONDS = 60;

    private final CoreSubscriber<? super Void> actual;
    private final ServerWebExchange exchange;
    private final GatewayExchange gateway;
    private final ExchangeObserver[] observers;
    private final LongSupplier ticker;
    private final @Nullable Channel client;
    private @Nullable Subscription upstream;
    private volatile int ended;

    ExchangeEndSubscriber(
            CoreSubscriber<? super Void> actual,
            ServerWebExchange exchange,
            GatewayExchange gateway,
            ExchangeObserver[] observers,
            LongSupplier ticker) {
        this.actual = actual;
        this.exchange = exchange;
        this.gateway = gateway;
        this.observers = observers;
        this.ticker = ticker;
        this.client = Peer.channel(exchange.getRequest());
    }

    @Override
    public void onSubscribe(Subscription s) {
        upstream = s;
        for (ExchangeObserver observer : observers) {
            try {
                observer.onStart();
            } catch (RuntimeException e) {
                log.error("{} failed", observer, e);
            }
        }
        actual.onSubscribe(this);
    }

    @Override
    public void onNext(Void nothing) {}

    @Override
    public void onComplete() {
        boolean gone = client != null && !client.isActive() && isUnfinished(client) && !isWebSocket();
        end(gone ? ExchangeEnding.CLIENT_GONE : ExchangeEnding.COMPLETE, null);
        actual.onComplete();
    }

    @Override
    public void onError(Throwable t) {
        ServerHttpResponse response = exchange.getResponse();
        if (isClientGone(t)) {
            end(ExchangeEnding.CLIENT_GONE, t);
        } else if (response.isCommitted()) {
            end(ExchangeEnding.BROKEN_OFF, t);
        }
        actual.onError(t);
        if (ended != 0) {
            return;
        }
        if (response.isCommitted()) {
            end(ExchangeEnding.COMPLETE, t);
        } else {
            awaitAnswer(response, t);
        }
    }

    @Override
    public void request(long n) {
        Subscription s = upstream;
        if (s != null) {
            s.request(n);
        }
    }

    @Override
    public void cancel() {
        Subscription s = upstream;
        if (s != null) {
            s.cancel();
        }
        end(ExchangeEnding.CLIENT_GONE, null);
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    /**
     * Writing to a connection that closes meanwhile completes as well, unless something was on its way just then. An HTTP/2
     * stream closes by itself with its last byte, but then the server has let go of it before.
     */
    private boolean isUnfinished(Channel closed) {
        return Peer.channel(exchange.getRequest()) == closed;
    }

    private void awaitAnswer(ServerHttpResponse response, Throwable error) {
        Disposable deadline = Schedulers.parallel()
                .schedule(
                        () -> end(response.isCommitted() ? ExchangeEnding.COMPLETE : ExchangeEnding.CLIENT_GONE, error),
                        ANSWER_SECONDS,
                        TimeUnit.SECONDS);
        response.beforeCommit(() -> {
            deadline.dispose();
            end(ExchangeEnding.COMPLETE, error);
            return Mono.empty();
        });
    }

    private void end(ExchangeEnding ending, @Nullable Throwable error) {
        if (!ENDED.compareAndSet(this, 0, 1)) {
            return;
        }
        ExchangeEnd end = new ExchangeEnd(exchange, gateway, ending, status(ending), ticker.getAsLong(), error);
        for (ExchangeObserver observer : observers) {
            try {
                observer.onEnd(end);
            } catch (RuntimeException e) {
                log.error("{} failed", observer, e);
            }
        }
    }

    private int status(ExchangeEnding ending) {
        ServerHttpResponse response = exchange.getResponse();
        if (ending == ExchangeEnding.CLIENT_GONE && !response.isCommitted()) {
            return CLIENT_CLOSED_REQUEST;
        }
        HttpStatusCode code = response.getStatusCode();
        int status = code == null ? 200 : code.value();
        return status == 200 && gateway.attempts() == 0 && isWebSocket() ? 101 : status;
    }

    /** The server switches protocols by itself, the response is not told. */
    private boolean isWebSocket() {
        ServerHttpRequest request = exchange.getRequest();
        return request.getMethod() == HttpMethod.GET
                && "websocket".equalsIgnoreCase(request.getHeaders().getFirst(HttpHeaders.UPGRADE));
    }

    /** Failures on the upstream's side come as a {@code GatewayException}; what is left where the client has gone is its. */
    private boolean isClientGone(Throwable error) {
        return error instanceof AbortedException
                || error instanceof Errors.NativeIoException
                || error instanceof ClosedChannelException
                || client != null && !client.isActive() && !(error instanceof GatewayException);
    }
}
