package dev.meridian.filters.forward;

import dev.meridian.filters.client.Peer;
import dev.meridian.filters.problem.GatewayException;
import dev.meridian.filters.resilience.RetryOutcome;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.match.RequestUrls;
import dev.meridian.routes.upstream.LiveEndpoint;
import dev.meridian.routes.upstream.Selection;
import dev.meridian.routes.upstream.Upstream;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.URI;
import java.util.concurrent.TimeUnit;
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

/**
 * One forwarding of one exchange, from subscription to the response's head (the body follows elsewhere) or failure: one
 * call after the other, until one is answered or none is left to be made. Between two calls it may wait, with the answer
 * in hand that is not to be the last word.
 *
 * <p>Confined to the event loop that it started on, {@link #cancel()} excepted.
 */
final class ForwardSubscription implements Subscription, CallListener, CoreSubscriber<Void> {

    private final Forwarder forwarder;
    private final ServerWebExchange exchange;
    private final GatewayFilterChain chain;
    private final CoreSubscriber<? super Void> actual;
    private final GatewayExchange own;
    private final CallFeedback feedback = new CallFeedback();
    /** Whether an answer has been passed on, so that nothing is sent again. */
    private boolean passedOn;

    private boolean callEnded;
    private int attempts;
    /** What was kept of the request's body, to be sent again. */
    private @Nullable ReplayBody body;

    private @Nullable TotalDeadline total;
    private @Nullable Pause pause;
    private volatile boolean cancelled;
    private volatile @Nullable EventLoop loop;
    private volatile @Nullable UpstreamCall call;
    private volatile @Nullable Subscription rest;

    ForwardSubscription(
            Forwarder forwarder,
            ServerWebExchange exchange,
            GatewayFilterChain chain,
            GatewayExchange own,
            CoreSubscriber<? super Void> actual) {
        this.forwarder = forwarder;
        this.exchange = exchange;
        this.chain = chain;
        this.own = own;
        this.actual = actual;
    }

    void start(URI url) {
        UpstreamResponses.discard(exchange); // an earlier attempt's, when this is a retry
        Channel client = Peer.channel(exchange.getRequest());
        EventLoop on = forwarder.loop(client);
        loop = on;
        if (on.inEventLoop()) {
            start(url, client, on);
        } else {
            on.execute(() -> start(url, client, on));
        }
    }

    private void start(URI url, @Nullable Channel client, EventLoop on) {
        if (cancelled) {
            return;
        }
        int attempt = ++attempts;
        try {
            UpstreamCall started = forwarder.start(exchange, url, client, on, body, this);
            if (attempt != attempts || callEnded) {
                return; // it failed at once, and what follows from that has been done
            }
            call = started;
            if (started.request().body() instanceof ReplayBody kept) {
                keep(kept);
            }
            setTotal(started, on);
            own.requestBytes(started::bytesSent);
            if (cancelled) {
                cleanUp();
            }
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            fail(e);
        }
    }

    private void keep(ReplayBody started) {
        body = started;
        if (passedOn) {
            started.keepNoMore();
        }
    }

    private void setTotal(UpstreamCall started, EventLoop on) {
        long millis = started.timeouts().totalMillis();
        if (millis > 0 && total == null && !(passedOn && callEnded)) {
            TotalDeadline deadline = new TotalDeadline(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
            total = deadline;
            forwarder.deadlines(on).set(deadline, millis);
        }
    }

    @Override
    public void onStart(@Nullable LiveEndpoint to) {
        callEnded = false;
        Upstream upstream = own.upstream();
        if (attempts == 1 && upstream != null) {
            forwarder.retries().onRequest(upstream, own.upstreamStartNanos());
        }
        feedback.onStart(to);
    }

    @Override
    public void onEnd(@Nullable GatewayException failure) {
        callEnded = true;
        if (passedOn) {
            clearTotal();
        }
        feedback.onEnd(failure, cancelled);
    }

    @Override
    public void onResponse(UpstreamResponse response) {
        long now = System.nanoTime();
        own.upstreamFirstByte(now);
        feedback.onResponse(own, response, now);
        if (cancelled) {
            response.body().dispose();
            return;
        }
        long wait = forwarder.retries().waitAfter(own, call, response, now, leftNanos(now));
        if (wait == Retries.NOT_AGAIN) {
            passOn(response);
        } else {
            again(wait, Pause.after(response));
        }
    }

    private void passOn(UpstreamResponse response) {
        passedOn = true;
        ReplayBody kept = body;
        if (kept != null) {
            kept.keepNoMore();
        }
        if (callEnded) {
            clearTotal();
        }
        Mono<Void> next;
        try {
            UpstreamResponses.accept(exchange, response, forwarder);
            next = chain.filter(exchange);
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            response.body().dispose();
            fail(e);
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
        long now = System.nanoTime();
        own.upstreamEnd(now);
        feedback.onGivenUp();
        if (cancelled) {
            return;
        }
        long wait = forwarder.retries().waitAfter(own, call, failure, now, leftNanos(now));
        if (wait == Retries.NOT_AGAIN) {
            fail(failure);
        } else {
            again(wait, Pause.after(failure));
        }
    }

    private void fail(Throwable failure) {
        clearTotal();
        closeBody();
        actual.onError(failure);
    }

    // Sending it again.

    /** What is left of the time for all of it. */
    private long leftNanos(long now) {
        TotalDeadline end = total;
        return end == null ? Long.MAX_VALUE : end.atNanos - now;
    }

    private void again(long waitNanos, Pause until) {
        EventLoop on = loop;
        if (waitNanos == 0 || on == null) {
            again(until);
        } else {
            pause = until;
            until.begin(on, waitNanos, () -> again(until));
        }
    }

    private void again(Pause after) {
        pause = null;
        Upstream upstream = own.upstream();
        Selection selection = own.selection();
        URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
        if (cancelled || upstream == null || selection == null || url == null) {
            giveUp(after);
            return;
        }
        LiveEndpoint failed = own.liveEndpoint();
        if (failed != null && !after.isReturning()) {
            selection.tried(failed);
        }
        LiveEndpoint next = upstream.choose(selection);
        if (next != null) {
            sendTo(next, upstream, selection, url, after);
        } else if (after.isReturning() || !goesBack(after, upstream, selection)) {
            forwarder.retries().tell(upstream, RetryOutcome.NO_ENDPOINT);
            giveUp(after);
        }
    }

    private void sendTo(LiveEndpoint next, Upstream upstream, Selection selection, URI url, Pause after) {
        forwarder.retries().tell(upstream, RetryOutcome.RETRIED);
        RetryEvent.tell(actual.currentContext(), attempts + 1, after.reason());
        after.dispose();
        own.chosen(upstream, next, selection);
        URI elsewhere = RequestUrls.join(next.endpoint().url(), url);
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR, elsewhere);
        start(elsewhere);
    }

    /** Whether an endpoint that has failed it is asked once more, as there is no other. */
    private boolean goesBack(Pause after, Upstream upstream, Selection selection) {
        long wait = forwarder
                .retries()
                .waitBeforeReturn(upstream, selection, after.failure(), leftNanos(System.nanoTime()));
        if (wait == Retries.NOT_AGAIN) {
            return false;
        }
        selection.forgive();
        after.returns();
        again(wait, after);
        return true;
    }

    /** Whether it was waiting for the next call, which is then not made. */
    private boolean stopPause() {
        Pause waiting = pause;
        if (waiting == null) {
            return false;
        }
        pause = null;
        waiting.stop();
        giveUp(waiting);
        return true;
    }

    /** It is not sent again: it ends as it stood before the pause. */
    private void giveUp(Pause after) {
        forwarder.retries().giveBack(own);
        UpstreamResponse response = after.response();
        GatewayException failure = after.failure();
        if (cancelled) {
            after.dispose();
        } else if (response != null) {
            passOn(response);
        } else if (failure != null) {
            fail(failure);
        }
    }

    @Override
    public boolean canMove(GatewayException failure) {
        return forwarder.retries().canMove(own, call, failure);
    }

    @Override
    public boolean mayRepeat() {
        return forwarder.retries().mayRepeat(own);
    }

    @Override
    public void request(long n) {
        Operators.validate(n);
    }

    @Override
    public void cancel() {
        cancelled = true;
        Subscription s = rest;
        if (s != null) {
            s.cancel();
        }
        EventLoop on = loop;
        if (on != null && on.inEventLoop()) {
            cleanUp();
        } else if (on != null) {
            on.execute(this::cleanUp);
        }
    }

    /** The client wants nothing any more. */
    private void cleanUp() {
        clearTotal();
        stopPause();
        UpstreamCall started = call;
        if (started != null) {
            started.cancel();
        }
        closeBody();
    }

    private void closeBody() {
        ReplayBody kept = body;
        if (kept != null) {
            kept.close();
        }
    }

    private void clearTotal() {
        TotalDeadline deadline = total;
        if (deadline != null) {
            deadline.clearDeadline();
        }
    }

    /** The end of the time for all attempts and the answer. */
    private final class TotalDeadline extends Deadlines.Entry {

        private final long atNanos;

        TotalDeadline(long atNanos) {
            this.atNanos = atNanos;
        }

        @Override
        void onDeadline() {
            UpstreamCall running = call;
            if (!stopPause() && running != null) {
                running.expire(attempts == 1);
            }
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
