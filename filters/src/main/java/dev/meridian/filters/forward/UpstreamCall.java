package dev.meridian.filters.forward;

import dev.meridian.filters.problem.Failure;
import dev.meridian.filters.problem.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * One request to one endpoint: waits for a connection, is sent, receives. Has one deadline at a time: for a connection,
 * then for progress of the request's body, then for the response's head, then for progress of its body.
 *
 * <p>Confined to the event loop that it was started on, {@link #cancel()} excepted.
 */
final class UpstreamCall extends Deadlines.Entry {

    private enum Phase {
        NEW,
        WAITING,
        CONNECTING,
        SENDING,
        AWAITING_RESPONSE,
        RECEIVING,
        ENDED
    }

    /** An upstream that sends more interim responses than this is not going to answer. */
    private static final int MAX_INTERIM = 16;
    /** How long the body waits for {@code 100 (Continue)} before it is sent all the same (RFC 9110 §10.1.1). */
    private static final long CONTINUE_MILLIS = 1000;

    private final UpstreamRequest request;
    private final HostPool pool;
    private final CallTimeouts timeouts;
    private final CallListener listener;
    private Phase phase = Phase.NEW;
    private @Nullable CallHandler connection;
    private @Nullable RequestBodySender sender;
    private @Nullable HttpResponse head;
    private @Nullable ResponseBody body;
    private boolean responded;
    private boolean requestSent;
    private boolean handshaking;
    private boolean bodyBegun;
    private boolean awaitingContinue;
    private int interim;
    private int repeats;
    private long progressNanos;

    UpstreamCall(UpstreamRequest request, HostPool pool, CallTimeouts timeouts, CallListener listener) {
        this.request = request;
        this.pool = pool;
        this.timeouts = timeouts;
        this.listener = listener;
    }

    UpstreamRequest request() {
        return request;
    }

    CallTimeouts timeouts() {
        return timeouts;
    }

    /** Body bytes handed to the connection so far. */
    long bytesSent() {
        RequestBodySender sending = sender;
        return sending == null ? 0 : sending.bytes();
    }

    void start() {
        phase = Phase.CONNECTING;
        pool.acquire(this);
    }

    /** Whether it waits without a connection being opened for it. */
    boolean isQueued() {
        return phase == Phase.WAITING;
    }

    /** Whether a used connection has failed it already. */
    boolean needsFresh() {
        return repeats > 0;
    }

    boolean hasHead() {
        return head != null;
    }

    /** No connection is free: waits for one, until the pool's deadline. */
    void onQueued() {
        phase = Phase.WAITING;
        pool.deadlines().set(this, pool.settings().pool().pendingTimeout().toMillis());
    }

    /** A connection is on its way. */
    void onConnecting() {
        phase = Phase.CONNECTING;
        handshaking = false;
        pool.deadlines().set(this, timeouts.connectMillis());
    }

    /** The connection that is on its way stands, without TLS as yet. */
    void onHandshaking() {
        handshaking = true;
        pool.deadlines().set(this, timeouts.tlsMillis());
    }

    /** Whether it waits for a connection that has not come as far as TLS. */
    boolean isReaching() {
        return phase == Phase.CONNECTING && !handshaking;
    }

    /** Whether the request could be sent once more from its beginning, were that allowed. */
    boolean canBeSentAgain() {
        return request.body() == null || (request.body() instanceof ReplayBody kept ? kept.canReplay() : !bodyBegun);
    }

    /** A connection is there, and this call is the only one on it (or on its stream). */
    void onConnection(CallHandler connection) {
        this.connection = connection;
        phase = Phase.SENDING;
        clearDeadline();
        connection.send(this);
    }

    /** The connection has written the head and asks for the body, if any. */
    void onHeadWritten(CallHandler connection) {
        if (request.body() == null) {
            onRequestSent();
        } else if (request.expectContinue()) {
            awaitingContinue = true;
            pool.deadlines().set(this, CONTINUE_MILLIS);
        } else {
            sendBody(connection);
        }
    }

    private void sendBody(CallHandler connection) {
        awaitingContinue = false;
        bodyBegun = true;
        RequestBodySender sending = new RequestBodySender(this, connection, request);
        sender = sending;
        progressNanos = System.nanoTime();
        pool.deadlines().set(this, timeouts.idleMillis());
        sending.start();
    }

    void onProgress() {
        progressNanos = System.nanoTime();
    }

    void onRequestSent() {
        requestSent = true;
        if (phase == Phase.SENDING) {
            phase = Phase.AWAITING_RESPONSE;
            if (timeouts.responseMillis() > 0) {
                pool.deadlines().set(this, timeouts.responseMillis());
            } else {
                clearDeadline();
            }
        }
    }

    boolean requestSent() {
        return requestSent;
    }

    /** The connection can be written to again. */
    void onWritable() {
        RequestBodySender sending = sender;
        if (sending != null) {
            sending.onWritable();
        }
    }

    /** @return whether the connection may go on */
    boolean onInterim(int status) {
        if (status == 101 || ++interim > MAX_INTERIM) {
            fail(GatewayException.of(status == 101 ? Failure.HTTP_UPGRADE_FAILED : Failure.HTTP_PROTOCOL_ERROR));
            return false;
        }
        CallHandler on = connection;
        if (status == 100 && awaitingContinue && on != null) {
            sendBody(on);
        }
        return true;
    }

    void onHead(HttpResponse response) {
        head = response;
        body = new ResponseBody(pool.loop(), this);
        if (phase == Phase.SENDING || phase == Phase.AWAITING_RESPONSE) {
            phase = Phase.RECEIVING;
            clearDeadline();
        }
    }

    void onContent(ByteBuf content) {
        ResponseBody to = body;
        if (to == null) {
            content.release();
            return;
        }
        progressNanos = System.nanoTime();
        if (content.isReadable()) {
            to.offer(content);
        } else {
            content.release();
        }
    }

    /** The response is here in full. */
    void onResponseEnd(HttpHeaders trailers) {
        ResponseBody to = body;
        if (to == null || phase == Phase.ENDED) {
            return;
        }
        to.complete(trailers.isEmpty() ? null : trailers);
        if (!requestSent && responded) {
            stopSending();
        }
        phase = Phase.ENDED;
        clearDeadline();
        listener.onEnd(null);
    }

    /** All that one read brought has been seen: what is known is passed on. */
    void flushInbound() {
        HttpResponse response = head;
        ResponseBody to = body;
        if (response == null || to == null) {
            return;
        }
        if (!responded) {
            responded = true;
            boolean bodyUnwanted = awaitingContinue;
            // An error that comes early is the end of it; any other answer may be a conversation (gRPC) that goes on.
            if (!requestSent && (bodyUnwanted || response.status().code() >= 300)) {
                stopSending();
            }
            if (phase == Phase.RECEIVING) {
                pool.deadlines().set(this, timeouts.idleMillis());
            }
            listener.onResponse(new UpstreamResponse(response.status().code(), response.headers(), to, bodyUnwanted));
        }
        to.drain();
    }

    /** The connection is gone, or this call's stream is. */
    void onDisconnected(Failure reason, boolean neverProcessed, @Nullable Throwable cause) {
        CallHandler was = connection;
        boolean untouched = head == null && interim == 0;
        boolean again = untouched
                && was != null
                && repeats == 0
                && phase != Phase.ENDED
                && (neverProcessed && bytesSent() == 0 || was.reused() && request.repeatable())
                && listener.mayRepeat();
        if (again) {
            // The connection died while it lay idle; what was written to it has not been worked on, or may be again.
            repeats++;
            stopSending();
            connection = null;
            requestSent = false;
            phase = Phase.CONNECTING;
            clearDeadline();
            pool.open(this);
            return;
        }
        if (!untouched || responded) {
            fail(GatewayException.of(Failure.HTTP_RESPONSE_INCOMPLETE, cause));
        } else if (neverProcessed) {
            fail(GatewayException.refused(reason, cause));
        } else {
            fail(GatewayException.of(reason, cause));
        }
    }

    /** Ends the call with the failure, wherever it stands. */
    void fail(GatewayException failure) {
        fail(failure, failure);
    }

    /** @param held what is held against the endpoint, {@code null} for nothing */
    private void fail(GatewayException failure, @Nullable GatewayException held) {
        if (phase == Phase.ENDED) {
            return;
        }
        boolean told = responded;
        end(held);
        ResponseBody to = body;
        if (told && to != null) {
            to.fail(failure);
        } else {
            if (to != null) {
                to.dispose();
            }
            responded = true;
            listener.onFailure(failure);
        }
    }

    /** Nobody waits for the answer any more. From any thread. */
    void cancel() {
        if (!pool.loop().inEventLoop()) {
            pool.loop().execute(this::cancel);
            return;
        }
        if (phase != Phase.ENDED) {
            responded = true;
            end(null);
            ResponseBody to = body;
            if (to != null) {
                to.dispose();
            }
        }
    }

    private void end(@Nullable GatewayException failure) {
        Phase was = phase;
        phase = Phase.ENDED;
        clearDeadline();
        stopSending();
        CallHandler on = connection;
        if (on != null) {
            on.abort(this);
        } else if (was == Phase.WAITING || was == Phase.CONNECTING) {
            pool.forget(this, was == Phase.WAITING);
        }
        listener.onEnd(failure);
    }

    /** The endpoint is known not to answer any more: if the call can be made elsewhere, it is not waited for. */
    void abandon() {
        boolean unsent = phase == Phase.WAITING || phase == Phase.CONNECTING;
        boolean unanswered = phase == Phase.AWAITING_RESPONSE && head == null && request.repeatable();
        if (unsent || unanswered) {
            GatewayException failure = unsent
                    ? GatewayException.unsent(Failure.CONNECTION_TIMEOUT, null)
                    : GatewayException.of(Failure.CONNECTION_TERMINATED);
            if (listener.canMove(failure)) {
                fail(failure, null); // what is held against it is known already
            }
        }
    }

    /**
     * The time for the whole request is over.
     *
     * @param hadItAll whether this call had all of it: only then an endpoint that does not answer is to blame
     */
    void expire(boolean hadItAll) {
        GatewayException failure = GatewayException.of(Failure.TOTAL_TIMEOUT);
        fail(failure, hadItAll && phase == Phase.AWAITING_RESPONSE ? failure : null);
    }

    boolean isOn(HostPool other) {
        return pool == other;
    }

    /** No more of the body is wanted, or can be taken. */
    void stopSending() {
        RequestBodySender sending = sender;
        if (sending != null) {
            sending.stop();
        }
        awaitingContinue = false;
    }

    @Override
    void onDeadline() {
        CallHandler on = connection;
        if (awaitingContinue && on != null) {
            sendBody(on);
            return;
        }
        if (phase == Phase.WAITING) {
            fail(GatewayException.unsent(Failure.CONNECTION_LIMIT_REACHED, null));
        } else if (phase == Phase.CONNECTING) {
            fail(GatewayException.unsent(handshaking ? Failure.TLS_TIMEOUT : Failure.CONNECTION_TIMEOUT, null));
        } else if (phase == Phase.AWAITING_RESPONSE) {
            fail(GatewayException.of(Failure.HTTP_RESPONSE_TIMEOUT));
        } else if (phase == Phase.SENDING || phase == Phase.RECEIVING) {
            onIdle();
        }
    }

    private void onIdle() {
        long leftMillis = timeouts.idleMillis() - (System.nanoTime() - progressNanos) / 1_000_000;
        ResponseBody to = body;
        if (leftMillis > 0) {
            // Rounded up, so that few different times are waited for.
            long step = Math.max(1, timeouts.idleMillis() / 16);
            pool.deadlines().set(this, (leftMillis + step - 1) / step * step);
        } else if (phase == Phase.RECEIVING && to != null && to.waitsForReader()) {
            fail(GatewayException.of(Failure.CONNECTION_WRITE_TIMEOUT, "The client stopped reading"));
        } else if (phase == Phase.RECEIVING) {
            fail(GatewayException.of(Failure.CONNECTION_READ_TIMEOUT));
        } else {
            RequestBodySender sending = sender;
            boolean clientStalls = sending != null && sending.waitsForClient();
            fail(GatewayException.of(clientStalls ? Failure.REQUEST_TIMEOUT : Failure.CONNECTION_WRITE_TIMEOUT));
        }
    }

    void pauseReading() {
        CallHandler on = connection;
        if (on != null) {
            on.autoRead(false);
        }
    }

    void resumeReading() {
        CallHandler on = connection;
        if (on != null && phase == Phase.RECEIVING) {
            progressNanos = System.nanoTime();
            on.autoRead(true);
        }
    }
}
