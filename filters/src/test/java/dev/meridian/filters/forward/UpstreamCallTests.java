package dev.meridian.filters.forward;

import static dev.meridian.filters.forward.CallRig.bytes;
import static dev.meridian.filters.forward.CallRig.end;
import static dev.meridian.filters.forward.CallRig.head;
import static dev.meridian.filters.forward.CallRig.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;

/** A call on a connection that is there: what is written, what is understood, and how it ends. */
class UpstreamCallTests {

    private static final CallTimeouts SHORT = new CallTimeouts(1_000, 1_000, 30, 30, 0);
    private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

    private final CallRig rig = new CallRig();

    @AfterEach
    void nothingIsLeft() {
        rig.responses.forEach(response -> response.body().dispose());
        rig.channel.close();
        rig.channel.checkException();
        rig.channel.releaseOutbound();
    }

    // ---- requests

    @Test
    void request_withoutBody_isOneWholeMessage() {
        rig.call(CallRig.get());

        FullHttpRequest written = rig.written();
        assertThat(written.method()).isEqualTo(HttpMethod.GET);
        assertThat(written.content().isReadable()).isFalse();
        assertThat(rig.channel.<Object>readOutbound()).isNull();
    }

    @Test
    void request_withBody_isHeadPartsAndEnd() {
        UpstreamCall call = rig.call(CallRig.request("POST", Flux.just(data("one"), data("two")), 6));

        assertThat((Object) rig.written()).isInstanceOf(HttpRequest.class);
        assertThat(nextPart()).isEqualTo("one");
        assertThat(nextPart()).isEqualTo("two");
        assertThat((Object) rig.written()).isInstanceOf(LastHttpContent.class);
        assertThat(call.requestSent()).isTrue();
        assertThat(call.bytesSent()).isEqualTo(6);
    }

    @Test
    void request_bodyIsAskedFor_oneForOneWithTwoAhead() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        rig.call(CallRig.request("POST", body, -1));
        body.assertMinRequested(2).assertMaxRequested(2);

        body.next(data("one"));

        body.assertMinRequested(2).assertMaxRequested(2);
        body.next(data("two"), data("three"));
        body.assertMinRequested(2).assertMaxRequested(2);
    }

    @Test
    void request_bodyShorterThanDeclared_isCutOffAndNeverFinished() {
        rig.call(CallRig.request("POST", Flux.just(data("one")), 6));

        assertThat(rig.failure().failure()).isEqualTo(Failure.REQUEST_BROKEN);
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.channel.outboundMessages()).noneMatch(LastHttpContent.class::isInstance);
    }

    @Test
    void request_bodyLongerThanDeclared_isCutOffBeforeTheSurplus() {
        rig.call(CallRig.request("POST", Flux.just(data("one"), data("more")), 4));

        assertThat(rig.failure().failure()).isEqualTo(Failure.REQUEST_BROKEN);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void request_bodyLargerThanAllowed_isRefused() {
        rig.call(new UpstreamRequest(
                HttpMethod.POST,
                "/",
                new DefaultHttpHeaders(),
                Flux.just(data("12345"), data("67890")),
                -1,
                9,
                false,
                false));

        assertThat(rig.failure().failure()).isEqualTo(Failure.REQUEST_TOO_LARGE);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void request_bodyFails_isTheClientsFault() {
        rig.call(CallRig.request("POST", Flux.error(new IllegalStateException("broken off")), -1));

        assertThat(rig.failure().failure()).isEqualTo(Failure.REQUEST_BROKEN);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, false, true",
        "HEAD, false, true",
        "PUT, false, true",
        "DELETE, false, true",
        "OPTIONS, false, true",
        "TRACE, false, true",
        "POST, false, false",
        "PATCH, false, false",
        "CONNECT, false, false",
        "get, false, false",
        "PUT, true, false",
        "GET, true, false",
    })
    void repeatable_idempotentAndWithoutBody(String method, boolean body, boolean expected) {
        assertThat(CallRig.request(method, body ? Flux.never() : null, -1).repeatable())
                .isEqualTo(expected);
    }

    // ---- responses

    @Test
    void response_inOneRead_comesOnceAndFreesTheConnection() {
        rig.call(CallRig.get());

        rig.receive(head(201, "X-A", "1"), part(bytes(3)), end());

        assertThat(rig.response().status()).isEqualTo(201);
        assertThat(rig.response().headers().get("x-a")).isEqualTo("1");
        assertThat(rig.response().bodyUnwanted()).isFalse();
        assertThat(rig.body().isWhole()).isTrue();
        assertThat(rig.shared.idle()).isEqualTo(1);
        assertThat(rig.channel.isOpen()).isTrue();
    }

    @Test
    void response_inSeveralReads_comesWithItsHead() {
        rig.call(CallRig.get());
        rig.receive(head(200));
        assertThat(rig.response().status()).isEqualTo(200);
        assertThat(rig.shared.idle()).isZero();

        rig.receive(part(bytes(3)));
        rig.receive(end());

        assertThat(rig.responses).hasSize(1);
        assertThat(rig.shared.idle()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "close, X-A"})
    void response_connectionClose_closes(String connection) {
        rig.call(CallRig.get());

        rig.receive(head(200, "Connection", connection), end());

        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.body().isWhole()).isTrue();
    }

    @Test
    void response_interim_isSwallowed() {
        rig.call(CallRig.get());

        rig.receive(head(100), end());
        rig.receive(head(103, "Link", "x"), end());
        assertThat(rig.responses).isEmpty();
        rig.receive(head(200), end());

        assertThat(rig.response().status()).isEqualTo(200);
        assertThat(rig.response().headers().contains("link")).isFalse();
    }

    @Test
    void response_interimWithoutEnd_isAnError() {
        rig.call(CallRig.get());

        for (int i = 0; i < 16; i++) {
            rig.receive(head(102), end());
        }
        assertThat(rig.failures).isEmpty();
        rig.receive(head(102), end());

        assertThat(rig.failure().failure()).isEqualTo(Failure.HTTP_PROTOCOL_ERROR);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void response_switchesProtocolsUnasked_isAnError() {
        rig.call(CallRig.get());

        rig.receive(head(101));

        assertThat(rig.failure().failure()).isEqualTo(Failure.HTTP_UPGRADE_FAILED);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void response_notHttp_isAnError() {
        rig.call(CallRig.get());
        HttpResponse broken = head(999);
        broken.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("invalid version format")));

        rig.receive(broken);

        assertThat(rig.failure().failure()).isEqualTo(Failure.HTTP_PROTOCOL_ERROR);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void response_moreThanOne_theConnectionIsNotUsedAgain() {
        rig.call(CallRig.get());

        rig.receive(head(200), end(), head(200), end());

        assertThat(rig.responses).hasSize(1);
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.shared.idle()).isZero();
    }

    @Test
    void idleConnection_getsBytesNobodyAskedFor_isClosed() {
        rig.call(CallRig.get());
        rig.receive(head(200), end());

        rig.receive(head(408), end());

        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.shared.idle()).isZero();
    }

    @Test
    void idleConnection_closedByThePeer_isForgotten() {
        rig.call(CallRig.get());
        rig.receive(head(200), end());

        rig.channel.close();

        assertThat(rig.shared.idle()).isZero();
    }

    @Test
    void newConnection_closedBeforeTheAnswer_isAFailure() {
        rig.call(CallRig.get());

        rig.channel.close();

        assertThat(rig.failure().failure()).isEqualTo(Failure.CONNECTION_TERMINATED);
    }

    @Test
    void newConnection_closedAfterAnInterimResponse_isAnIncompleteAnswer() {
        rig.call(CallRig.get());
        rig.receive(head(102), end());

        rig.channel.close();

        assertThat(rig.failure().failure()).isEqualTo(Failure.HTTP_RESPONSE_INCOMPLETE);
    }

    // ---- an answer before the request's end

    @Test
    void earlyError_stopsTheBodyAndClosesAtTheEnd() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        rig.call(CallRig.request("POST", body, -1));

        rig.receive(head(413), end());

        assertThat(rig.response().status()).isEqualTo(413);
        body.assertCancelled();
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void earlySuccess_letsTheBodyGoOn() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        UpstreamCall call = rig.call(CallRig.request("POST", body, -1));

        rig.receive(head(200));
        body.assertNotCancelled();
        body.next(data("more"));
        body.complete();
        rig.receive(end());

        assertThat(call.requestSent()).isTrue();
        assertThat(rig.channel.isOpen()).isTrue();
    }

    // ---- Expect: 100-continue (RFC 9110 §10.1.1)

    @Test
    void expectContinue_bodyWaitsFor100() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        rig.call(expecting(body));
        assertThat((Object) rig.written()).isInstanceOf(HttpRequest.class);
        body.assertWasNotSubscribed();

        rig.receive(head(100), end());

        body.assertSubscribers(1);
        body.next(data("x"));
        assertThat(nextPart()).isEqualTo("x");
    }

    @Test
    void expectContinue_another1xx_isNotIt() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        rig.call(expecting(body));

        rig.receive(head(103), end());

        body.assertWasNotSubscribed();
    }

    @Test
    void expectContinue_finalAnswerInstead_bodyIsNeverAskedFor() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        rig.call(expecting(body));

        rig.receive(head(417), end());

        assertThat(rig.response().status()).isEqualTo(417);
        assertThat(rig.response().bodyUnwanted()).isTrue();
        body.assertWasNotSubscribed();
        assertThat(rig.channel.isOpen())
                .as("the upstream may still wait for the body")
                .isFalse();
    }

    // ---- deadlines

    @Test
    void deadline_noHead_isAResponseTimeout() {
        rig.call(CallRig.get(), SHORT);

        awaitFailure();

        assertThat(rig.failure().failure()).isEqualTo(Failure.HTTP_RESPONSE_TIMEOUT);
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void deadline_bodyStops_isAReadTimeoutOfTheBody() {
        rig.call(CallRig.get(), SHORT);
        rig.receive(head(200));
        List<Throwable> errors = new ArrayList<>();
        rig.body().subscribe(ReferenceCountUtil::release, errors::add);

        await().atMost(Duration.ofSeconds(5)).until(() -> {
            rig.channel.runScheduledPendingTasks();
            return !errors.isEmpty();
        });

        assertThat(errors.get(0))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        e -> assertThat(e.failure()).isEqualTo(Failure.CONNECTION_READ_TIMEOUT));
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void deadline_clientStopsSending_isTheClientsTimeout() {
        rig.call(CallRig.request("POST", Flux.never(), -1), SHORT);

        awaitFailure();

        assertThat(rig.failure().failure()).isEqualTo(Failure.REQUEST_TIMEOUT);
    }

    @Test
    void deadline_answerInTime_isCleared() {
        rig.call(CallRig.get(), SHORT);
        rig.receive(head(200), end());

        await().pollDelay(Duration.ofMillis(60)).until(() -> true);
        rig.channel.runScheduledPendingTasks();

        assertThat(rig.failures).isEmpty();
        assertThat(rig.channel.isOpen()).isTrue();
    }

    @Test
    void deadline_switchedOff_waits() {
        rig.call(CallRig.get(), new CallTimeouts(1_000, 1_000, 0, 30, 0));

        await().pollDelay(Duration.ofMillis(60)).until(() -> true);
        rig.channel.runScheduledPendingTasks();

        assertThat(rig.failures).isEmpty();
        rig.receive(head(200), end());
        assertThat(rig.response().status()).isEqualTo(200);
    }

    // ---- cancel

    @Test
    void cancel_beforeTheAnswer_closesAndTellsNobody() {
        UpstreamCall call = rig.call(CallRig.get());

        call.cancel();

        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.failures).isEmpty();
        assertThat(rig.responses).isEmpty();
    }

    @Test
    void cancel_whileSending_stopsTheBody() {
        TestPublisher<DataBuffer> body = TestPublisher.create();
        UpstreamCall call = rig.call(CallRig.request("POST", body, -1));

        call.cancel();

        body.assertCancelled();
        assertThat(rig.channel.isOpen()).isFalse();
    }

    @Test
    void cancel_afterTheEnd_leavesTheConnection() {
        UpstreamCall call = rig.call(CallRig.get());
        rig.receive(head(200), end());

        call.cancel();

        assertThat(rig.channel.isOpen()).isTrue();
        assertThat(rig.shared.idle()).isEqualTo(1);
    }

    private UpstreamRequest expecting(TestPublisher<DataBuffer> body) {
        return new UpstreamRequest(HttpMethod.POST, "/", new DefaultHttpHeaders(), body, -1, 1 << 20, true, false);
    }

    private void awaitFailure() {
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            rig.channel.runScheduledPendingTasks();
            return !rig.failures.isEmpty();
        });
    }

    private String nextPart() {
        Object written = rig.written();
        while (written instanceof HttpRequest) {
            written = rig.written();
        }
        HttpContent content = (HttpContent) written;
        String text = content.content().toString(StandardCharsets.UTF_8);
        content.release();
        return text;
    }

    private static DataBuffer data(String text) {
        return BUFFERS.wrap(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
    }
}
