package dev.meridian.filters.forward;

import static dev.meridian.filters.forward.CallRig.bytes;
import static dev.meridian.filters.forward.CallRig.end;
import static dev.meridian.filters.forward.CallRig.head;
import static dev.meridian.filters.forward.CallRig.part;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

class ResponseBodyTests {

    private static final int HIGH_WATER = 64 * 1024;
    private static final int LOW_WATER = 16 * 1024;

    private final CallRig rig = new CallRig();
    private final Reader reader = new Reader();

    @AfterEach
    void nothingIsLeft() {
        reader.buffers.forEach(ByteBuf::release);
        rig.channel.close();
        rig.channel.checkException();
        rig.channel.releaseOutbound();
    }

    // ---- the whole at once

    @Test
    void takeWhole_arrivedInOneRead_isOneBuffer() {
        ByteBuf only = text("body");
        begin(part(only), end());

        assertThat(rig.body().isWhole()).isTrue();
        ByteBuf whole = Objects.requireNonNull(rig.body().takeWhole());

        assertThat(whole).isSameAs(only);
        whole.release();
    }

    @Test
    void takeWhole_severalParts_areJoined() {
        begin(part(text("one ")), part(text("two ")), part(text("three")), end());

        ByteBuf whole = Objects.requireNonNull(rig.body().takeWhole());

        assertThat(whole.toString(StandardCharsets.UTF_8)).isEqualTo("one two three");
        whole.release();
    }

    @Test
    void takeWhole_empty_isNull() {
        begin(end());

        assertThat(rig.body().isWhole()).isTrue();
        assertThat(rig.body().takeWhole()).isNull();
    }

    @Test
    void takeWhole_taken_cannotBeReadAgain() {
        begin(end());
        rig.body().takeWhole();

        rig.body().subscribe(reader);

        assertThat(reader.error).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void isWhole_moreIsToCome_isFalse() {
        begin(part(text("one")));

        assertThat(rig.body().isWhole()).isFalse();
        rig.body().dispose();
    }

    @Test
    void isWhole_beingRead_isFalse() {
        begin(end());
        rig.body().subscribe(reader);

        assertThat(rig.body().isWhole()).isFalse();
    }

    @Test
    void trailers_areThereWhenItIsWhole() {
        DefaultLastHttpContent last = new DefaultLastHttpContent();
        last.trailingHeaders().add("Grpc-Status", "0");
        begin(part(text("x")), last);

        assertThat(rig.body().hasTrailers()).isTrue();
        assertThat(Objects.requireNonNull(rig.body().trailers()).get("grpc-status"))
                .isEqualTo("0");
        rig.body().dispose();
    }

    @Test
    void trailers_none_areNull() {
        begin(end());

        assertThat(rig.body().hasTrailers()).isFalse();
        assertThat(rig.body().trailers()).isNull();
    }

    // ---- streaming

    @Test
    void subscribe_demand_getsNoMoreThanAskedFor() {
        begin(part(text("a")), part(text("b")), part(text("c")));
        rig.body().subscribe(reader);
        assertThat(reader.text()).isEmpty();

        reader.request(1);
        assertThat(reader.text()).containsExactly("a");
        reader.request(5);
        assertThat(reader.text()).containsExactly("a", "b", "c");
        rig.receive(part(text("d")), end());

        assertThat(reader.text()).containsExactly("a", "b", "c", "d");
        assertThat(reader.completed).isTrue();
    }

    @Test
    void subscribe_completedBeforehand_givesAllThenCompletes() {
        begin(part(text("a")), end());
        rig.body().subscribe(reader);
        assertThat(reader.completed).isFalse();

        reader.request(1);

        assertThat(reader.text()).containsExactly("a");
        assertThat(reader.completed).isTrue();
    }

    @Test
    void subscribe_emptyBody_completesWithoutDemand() {
        begin(end());

        rig.body().subscribe(reader);

        assertThat(reader.completed).isTrue();
    }

    @Test
    void subscribe_second_isRefusedAndTheFirstGoesOn() {
        begin(part(text("a")));
        rig.body().subscribe(reader);
        Reader second = new Reader();

        rig.body().subscribe(second);
        reader.request(1);

        assertThat(second.error).isInstanceOf(IllegalStateException.class);
        assertThat(reader.text()).containsExactly("a");
        rig.body().dispose();
    }

    @Test
    void onNext_asksForMoreInside_doesNotNest() {
        begin(part(text("a")), part(text("b")), part(text("c")), end());
        Reader oneByOne = new Reader() {
            private boolean inside;

            @Override
            protected void hookOnNext(ByteBuf value) {
                assertThat(inside).isFalse();
                inside = true;
                super.hookOnNext(value);
                request(1);
                inside = false;
            }
        };
        rig.body().subscribe(oneByOne);
        oneByOne.request(1);

        assertThat(oneByOne.text()).containsExactly("a", "b", "c");
        assertThat(oneByOne.completed).isTrue();
        oneByOne.buffers.forEach(ByteBuf::release);
    }

    @Test
    void request_notPositive_isIgnored() {
        begin(part(text("a")));
        rig.body().subscribe(reader);

        rig.body().request(0);
        rig.body().request(-1);

        assertThat(reader.text()).isEmpty();
        rig.body().dispose();
    }

    // ---- high and low water

    @Test
    void offer_readerTakesNothing_pausesAtHighWater() {
        begin(part(bytes(HIGH_WATER - 1)));
        rig.body().subscribe(reader);
        assertThat(autoRead()).isTrue();

        rig.receive(part(bytes(1)));

        assertThat(autoRead()).isFalse();
        rig.body().dispose();
    }

    @Test
    void offer_nobodySubscribedYet_pausesAtHighWater() {
        begin(part(bytes(HIGH_WATER)));

        assertThat(autoRead()).isFalse();
        rig.body().dispose();
    }

    @Test
    void offer_readerKeepsUp_neverPauses() {
        begin();
        rig.body().subscribe(reader);
        reader.request(Long.MAX_VALUE);

        for (int i = 0; i < 10; i++) {
            rig.receive(part(bytes(HIGH_WATER)));
            assertThat(autoRead()).isTrue();
        }
        rig.body().dispose();
    }

    @Test
    void drain_belowLowWater_resumes() {
        begin(part(bytes(HIGH_WATER - LOW_WATER - 1)), part(bytes(1)), part(bytes(LOW_WATER)));
        rig.body().subscribe(reader);
        assertThat(autoRead()).isFalse();

        reader.request(1);
        assertThat(autoRead()).as("one byte above low water").isFalse();
        reader.request(1);

        assertThat(autoRead()).isTrue();
        rig.body().dispose();
    }

    @Test
    void drain_wholeBodyWasQueued_connectionIsReadAgainByTheNextCall() {
        begin(part(bytes(HIGH_WATER)), end());

        assertThat(autoRead()).isTrue();
        rig.body().dispose();
    }

    // ---- the gate: whether the client's connection can take more

    @Test
    void gate_shut_holdsBackDespiteDemand() {
        AtomicBoolean open = new AtomicBoolean();
        begin(part(text("a")), part(text("b")));
        rig.body().gate(open::get);
        rig.body().subscribe(reader);
        reader.request(10);
        assertThat(reader.text()).isEmpty();

        open.set(true);
        assertThat(reader.text()).as("before anybody says so").isEmpty();
        rig.body().drain();

        assertThat(reader.text()).containsExactly("a", "b");
        rig.body().dispose();
    }

    @Test
    void gate_shutsBetweenTwoParts_stopsThere() {
        begin(part(text("a")), part(text("b")), end());
        rig.body().gate(() -> reader.buffers.isEmpty());
        rig.body().subscribe(reader);

        reader.request(10);

        assertThat(reader.text()).containsExactly("a");
        assertThat(reader.completed).isFalse();
        rig.body().dispose();
    }

    @Test
    void gate_shut_doesNotHoldBackTheEnd() {
        begin(part(text("a")));
        AtomicBoolean open = new AtomicBoolean(true);
        rig.body().gate(open::get);
        rig.body().subscribe(reader);
        reader.request(10);
        open.set(false);

        rig.receive(end());

        assertThat(reader.completed).isTrue();
    }

    @Test
    void waitsForReader_onlyWhileSomethingIsQueued() {
        begin(part(text("a")));
        assertThat(rig.body().waitsForReader()).isTrue();
        rig.body().subscribe(reader);
        reader.request(1);

        assertThat(rig.body().waitsForReader()).isFalse();
        rig.body().dispose();
    }

    // ---- errors

    @Test
    void fail_whileRead_errorsAtOnceAndReleasesWhatWaits() {
        ByteBuf waiting = text("waiting");
        begin(part(text("a")), part(waiting));
        rig.body().subscribe(reader);
        reader.request(1);

        rig.channel.close();

        assertThat(reader.error)
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.failure()).isEqualTo(Failure.HTTP_RESPONSE_INCOMPLETE));
        assertThat(waiting.refCnt()).isZero();
    }

    @Test
    void fail_beforeSubscribe_errorsOnSubscribeWithoutDemand() {
        ByteBuf waiting = text("waiting");
        begin(part(waiting));
        rig.channel.close();
        assertThat(rig.body().isWhole()).isFalse();

        rig.body().subscribe(reader);

        assertThat(reader.error).isInstanceOf(GatewayException.class);
        assertThat(reader.text()).isEmpty();
        assertThat(waiting.refCnt()).isZero();
    }

    @Test
    void fail_afterTheEnd_changesNothing() {
        begin(part(text("a")), end());
        rig.body().fail(GatewayException.of(Failure.CONNECTION_READ_TIMEOUT));

        rig.body().subscribe(reader);
        reader.request(1);

        assertThat(reader.text()).containsExactly("a");
        assertThat(reader.completed).isTrue();
    }

    @Test
    void fail_twice_countsOnce() {
        begin(part(text("a")));
        GatewayException first = GatewayException.of(Failure.CONNECTION_READ_TIMEOUT);
        rig.body().fail(first);
        rig.body().fail(GatewayException.of(Failure.HTTP_PROTOCOL_ERROR));

        rig.body().subscribe(reader);

        assertThat(reader.error).isSameAs(first);
        rig.channel.close();
    }

    // ---- giving up

    @Test
    void dispose_incomplete_releasesAllAndAbortsTheCall() {
        ByteBuf waiting = text("waiting");
        begin(part(waiting));

        rig.body().dispose();

        assertThat(waiting.refCnt()).isZero();
        assertThat(rig.channel.isOpen())
                .as("a connection with half an answer on it")
                .isFalse();
        assertThat(rig.failures).isEmpty();
    }

    @Test
    void dispose_complete_releasesAllAndKeepsTheConnection() {
        ByteBuf waiting = text("waiting");
        begin(part(waiting), end());

        rig.body().dispose();

        assertThat(waiting.refCnt()).isZero();
        assertThat(rig.channel.isOpen()).isTrue();
    }

    @Test
    void dispose_twice_isTheSame() {
        begin(part(text("a")), end());

        rig.body().dispose();
        rig.body().dispose();

        assertThat(rig.channel.isOpen()).isTrue();
    }

    @Test
    void subscribe_disposed_isRefused() {
        begin(part(text("a")), end());
        rig.body().dispose();

        rig.body().subscribe(reader);

        assertThat(reader.error).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void cancel_insideOnNext_releasesTheRestAndSaysNothingMore() {
        ByteBuf second = text("b");
        begin(part(text("a")), part(second), end());
        Reader cancelling = new Reader() {
            @Override
            protected void hookOnNext(ByteBuf value) {
                super.hookOnNext(value);
                cancel();
            }
        };
        rig.body().subscribe(cancelling);

        cancelling.request(10);

        assertThat(cancelling.text()).containsExactly("a");
        assertThat(cancelling.completed).isFalse();
        assertThat(second.refCnt()).isZero();
        cancelling.buffers.forEach(ByteBuf::release);
    }

    @Test
    void offer_disposed_isReleased() {
        begin(part(text("a")));
        ResponseBody body = rig.body();
        body.dispose();
        ByteBuf late = text("late");

        body.offer(late);

        assertThat(late.refCnt()).isZero();
    }

    @Test
    void offer_emptyParts_areDropped() {
        ByteBuf empty = rig.channel.alloc().buffer(1);
        begin(part(empty), part(Unpooled.EMPTY_BUFFER), end());

        assertThat(empty.refCnt()).isZero();
        assertThat(rig.body().takeWhole()).isNull();
    }

    private void begin(Object... parts) {
        rig.call(CallRig.get());
        Object[] messages = new Object[parts.length + 1];
        messages[0] = head(200, "Transfer-Encoding", "chunked");
        System.arraycopy(parts, 0, messages, 1, parts.length);
        rig.receive(messages);
    }

    private boolean autoRead() {
        return rig.channel.config().isAutoRead();
    }

    private static ByteBuf text(String text) {
        return bytes(0).writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Keeps what it gets. */
    private static class Reader extends BaseSubscriber<ByteBuf> {

        final List<ByteBuf> buffers = new ArrayList<>();
        boolean completed;

        @Nullable
        Throwable error;

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // Asks for nothing by itself.
        }

        @Override
        protected void hookOnNext(ByteBuf value) {
            buffers.add(value);
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            assertThat(throwable).isInstanceOfAny(IOException.class, IllegalStateException.class);
            error = throwable;
        }

        List<String> text() {
            return buffers.stream()
                    .map(buffer -> buffer.toString(StandardCharsets.UTF_8))
                    .toList();
        }
    }
}
