package dev.meridian.filters.server;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Subscribes to one publisher after the other on behalf of one subscriber; a cancellation reaches the current one. */
public abstract class SwitchingSubscriber implements CoreSubscriber<Void>, Subscription {

    private static final AtomicReferenceFieldUpdater<SwitchingSubscriber, Subscription> CURRENT =
            AtomicReferenceFieldUpdater.newUpdater(SwitchingSubscriber.class, Subscription.class, "current");

    private final CoreSubscriber<? super Void> actual;
    private volatile @Nullable Subscription current;

    protected SwitchingSubscriber(CoreSubscriber<? super Void> actual) {
        this.actual = actual;
    }

    protected final CoreSubscriber<? super Void> actual() {
        return actual;
    }

    protected final boolean isCancelled() {
        return current == Operators.cancelledSubscription();
    }

    @Override
    public final void onSubscribe(Subscription s) {
        if (Operators.replace(CURRENT, this, s)) {
            s.request(Long.MAX_VALUE);
        }
    }

    @Override
    public final void onNext(Void nothing) {}

    @Override
    public final void request(long n) {
        Operators.validate(n);
    }

    @Override
    public void cancel() {
        Operators.terminate(CURRENT, this);
    }

    @Override
    public final Context currentContext() {
        return actual.currentContext();
    }
}
