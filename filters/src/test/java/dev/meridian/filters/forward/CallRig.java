package dev.meridian.filters.forward;

import dev.meridian.filters.problem.GatewayException;
import dev.meridian.routes.definition.PoolDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.TimeoutDefinition;
import dev.meridian.routes.upstream.UpstreamSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;

/**
 * A call on an HTTP/1.1 connection whose wire is the test: what the call writes is read from the channel as HTTP
 * messages, what the upstream answers is put into it. Everything happens on the calling thread.
 */
final class CallRig implements CallListener {

    static final UpstreamSettings SETTINGS = settings(16, 16);

    final EmbeddedChannel channel = new EmbeddedChannel();
    final UpstreamPool shared = new UpstreamPool("test", SETTINGS);
    final HostPool pool = pool(channel.eventLoop(), shared);
    final Http1Connection connection = new Http1Connection(pool);
    final List<UpstreamResponse> responses = new ArrayList<>();
    final List<GatewayException> failures = new ArrayList<>();

    CallRig() {
        channel.pipeline().addLast(connection);
    }

    static UpstreamSettings settings(int maxConnections, int maxPending) {
        return new UpstreamSettings(
                Protocol.HTTP1,
                new PoolDefinition(
                        maxConnections,
                        maxPending,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(5)),
                TimeoutDefinition.of(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(60)));
    }

    static HostPool pool(EventLoop loop, UpstreamPool shared) {
        return new HostPool(
                loop,
                new Deadlines(loop),
                shared,
                new Bootstrap(),
                new InetSocketAddress("127.0.0.1", 1),
                null,
                new HostKey("test", false, "127.0.0.1", 1, shared.settings().protocol()));
    }

    static UpstreamRequest get() {
        return request("GET", null, -1);
    }

    static UpstreamRequest request(String method, @Nullable Publisher<DataBuffer> body, long contentLength) {
        HttpMethod named = HttpMethod.valueOf(method);
        return new UpstreamRequest(
                named, "/", new DefaultHttpHeaders(), body, contentLength, 1 << 20, false, Methods.idempotent(named));
    }

    /** Puts a call on the connection, as the pool does with an unused one. */
    UpstreamCall call(UpstreamRequest request) {
        return call(request, new CallTimeouts(1_000, 1_000, 30_000, 60_000, 0));
    }

    UpstreamCall call(UpstreamRequest request, CallTimeouts timeouts) {
        UpstreamCall call = new UpstreamCall(request, pool, timeouts, this);
        call.onConnection(connection);
        return call;
    }

    /** Everything that comes in one read. */
    void receive(Object... messages) {
        channel.writeInbound(messages);
    }

    static HttpResponse head(int status, String... fields) {
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        for (int i = 0; i < fields.length; i += 2) {
            head.headers().add(fields[i], fields[i + 1]);
        }
        return head;
    }

    static ByteBuf bytes(int count) {
        return ByteBufAllocator.DEFAULT.buffer(Math.max(1, count)).writeZero(count);
    }

    static DefaultHttpContent part(ByteBuf bytes) {
        return new DefaultHttpContent(bytes);
    }

    static DefaultLastHttpContent end() {
        return new DefaultLastHttpContent();
    }

    /** The body of the one response. */
    ResponseBody body() {
        return response().body();
    }

    UpstreamResponse response() {
        if (responses.size() != 1) {
            throw new AssertionError("responses: " + responses + " (expected: one), failures " + failures);
        }
        return responses.get(0);
    }

    GatewayException failure() {
        if (failures.size() != 1) {
            throw new AssertionError("failures: " + failures + " (expected: one), responses " + responses);
        }
        return failures.get(0);
    }

    /** The next message that was written to the upstream. */
    <T> T written() {
        T message = channel.readOutbound();
        return Objects.requireNonNull(message, "nothing was written");
    }

    @Override
    public void onResponse(UpstreamResponse response) {
        responses.add(response);
    }

    @Override
    public void onFailure(GatewayException failure) {
        failures.add(failure);
    }
}
