package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.SignalType;
import reactor.test.publisher.TestPublisher;

class ReplayBodyTests {

    private static final NettyDataBufferFactory FACTORY =
            new NettyDataBufferFactory(io.netty.buffer.ByteBufAllocator.DEFAULT);

    private final TestPublisher<DataBuffer> client = TestPublisher.create();
    private final AtomicLong asked = new AtomicLong();
    private final List<ByteBuf> sent = new ArrayList<>();
    private final ReplayBody body =
            new ReplayBody(client.flux().doOnRequest(asked::addAndGet), new EmbeddedChannel().eventLoop(), 10);

    @AfterEach
    void everythingIsReleased() {
        body.close();
        assertThat(sent).allSatisfy(each -> assertThat(each.refCnt()).isZero());
    }

    @Test
    void first_getsWhatComes_asItComes() {
        Attempt attempt = read(Long.MAX_VALUE);
        send("abc");
        assertThat(attempt.text).hasToString("abc");
        send("de");
        client.complete();

        assertThat(attempt.text).hasToString("abcde");
        assertThat(attempt.ended).isEqualTo(SignalType.ON_COMPLETE);
        assertThat(body.canReplay()).isTrue();
    }

    @Test
    void second_getsAllOfItAgain_andTheRest() {
        Attempt first = read(Long.MAX_VALUE);
        send("abc");
        send("de");
        first.cancel();

        Attempt second = read(Long.MAX_VALUE);
        assertThat(second.text).hasToString("abcde");
        send("fg");
        client.complete();

        assertThat(second.text).hasToString("abcdefg");
        assertThat(second.ended).isEqualTo(SignalType.ON_COMPLETE);
        client.assertWasNotCancelled();
    }

    @Test
    void third_afterTheEnd_getsTheWholeOfIt() {
        Attempt first = read(Long.MAX_VALUE);
        send("abc");
        client.complete();
        assertThat(first.ended).isEqualTo(SignalType.ON_COMPLETE);

        assertThat(read(Long.MAX_VALUE).text).hasToString("abc");
        Attempt third = read(Long.MAX_VALUE);

        assertThat(third.text).hasToString("abc");
        assertThat(third.ended).isEqualTo(SignalType.ON_COMPLETE);
    }

    @Test
    void demand_isAskedOfTheClientOnlyBeyondWhatIsKept() {
        Attempt first = read(2);
        assertThat(asked).hasValue(2);
        send("a");
        send("b");
        first.cancel();

        Attempt second = read(1);
        assertThat(second.text).hasToString("a");
        assertThat(asked).hasValue(2);
        second.request(1);
        assertThat(second.text).hasToString("ab");
        assertThat(asked).hasValue(2);
        second.request(1);
        assertThat(asked).hasValue(3);
        send("c");
        assertThat(second.text).hasToString("abc");
    }

    @Test
    void betweenTwo_whatComesIsKept() {
        Attempt first = read(2);
        send("a");
        first.cancel();
        send("b");

        assertThat(read(Long.MAX_VALUE).text).hasToString("ab");
    }

    @Test
    void tooLong_goesOnToItsReaderAndCannotBeReadAgain() {
        Attempt first = read(Long.MAX_VALUE);
        send("12345678");
        send("9abc");
        assertThat(body.canReplay()).isFalse();
        send("d");

        assertThat(first.text).hasToString("123456789abcd");
        assertThat(sent)
                .as("nothing is kept")
                .allSatisfy(each -> assertThat(each.refCnt()).isZero());
        first.cancel();
        client.assertCancelled();
        assertThat(read(1).ended).isEqualTo(SignalType.ON_ERROR);
    }

    @Test
    void tooLong_forASlowReader_losesNothing() {
        Attempt first = read(1);
        send("12345678");
        first.request(1);
        assertThat(asked).hasValue(2);
        first.request(5);
        send("9abc");
        send("d");

        assertThat(first.text).hasToString("123456789abcd");
    }

    @Test
    void tooLong_whileNobodyReads_isGivenUp() {
        Attempt first = read(3);
        send("12345678");
        first.cancel();
        send("9abc");

        assertThat(body.canReplay()).isFalse();
        client.assertCancelled();
    }

    @Test
    void manyPieces_areNotKept() {
        ReplayBody roomy = new ReplayBody(client, new EmbeddedChannel().eventLoop(), 1_000_000);
        Attempt attempt = new Attempt(Long.MAX_VALUE);
        roomy.subscribe(attempt);
        for (int i = 0; i < 256; i++) {
            send("x");
        }
        assertThat(roomy.canReplay()).isTrue();
        send("y");

        assertThat(roomy.canReplay()).isFalse();
        assertThat(attempt.text).hasSize(257).endsWith("xy");
        roomy.close();
    }

    @Test
    void keepNoMore_goesOnWithoutKeeping() {
        Attempt first = read(1);
        send("a");
        first.cancel();
        Attempt second = read(2);
        body.keepNoMore();
        send("b");
        client.complete();

        assertThat(second.text).hasToString("ab");
        assertThat(second.ended).isEqualTo(SignalType.ON_COMPLETE);
        assertThat(sent).allSatisfy(each -> assertThat(each.refCnt()).isZero());
    }

    @Test
    void keepNoMore_inTheMiddleOfAReplay_replaysTheRest() {
        Attempt first = read(3);
        send("a");
        send("b");
        send("c");
        first.cancel();
        Attempt second = read(1);
        body.keepNoMore();
        second.request(2);

        assertThat(second.text).hasToString("abc");
    }

    @Test
    void keepNoMore_afterItsReaderHasStopped_endsIt() {
        read(1).cancel();
        body.keepNoMore();

        client.assertCancelled();
    }

    @Test
    void error_isTheReaders() {
        Attempt first = read(Long.MAX_VALUE);
        send("a");
        client.error(new IllegalStateException("broken off"));

        assertThat(first.ended).isEqualTo(SignalType.ON_ERROR);
        assertThat(read(Long.MAX_VALUE).ended).isEqualTo(SignalType.ON_ERROR);
    }

    @Test
    void close_endsItForGood() {
        Attempt first = read(1);
        send("a");
        body.close();

        client.assertCancelled();
        assertThat(body.canReplay()).isFalse();
        assertThat(first.ended).isNull();
    }

    @Test
    void neverRead_asksNobody() {
        body.close();

        client.assertWasNotSubscribed();
    }

    private Attempt read(long demand) {
        Attempt attempt = new Attempt(demand);
        body.subscribe(attempt);
        return attempt;
    }

    private void send(String text) {
        ByteBuf piece = Unpooled.buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
        sent.add(piece);
        client.next(FACTORY.wrap(piece));
    }

    private static final class Attempt extends BaseSubscriber<DataBuffer> {

        private final long demand;
        private final StringBuilder text = new StringBuilder();
        private @Nullable SignalType ended;

        Attempt(long demand) {
            this.demand = demand;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(demand);
        }

        @Override
        protected void hookOnNext(DataBuffer piece) {
            text.append(piece.toString(StandardCharsets.UTF_8));
            DataBufferUtils.release(piece);
        }

        @Override
        protected void hookOnComplete() {
            ended = SignalType.ON_COMPLETE;
        }

        @Override
        protected void hookOnError(Throwable e) {
            ended = SignalType.ON_ERROR;
        }
    }
}
