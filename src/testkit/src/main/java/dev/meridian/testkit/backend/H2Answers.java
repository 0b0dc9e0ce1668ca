package dev.meridian.testkit.backend;

import dev.meridian.testkit.http.Header;
import dev.meridian.testkit.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** The answers of {@link H2Behaviour}. */
final class H2Answers {

    private static final JsonMapper JSON = JsonMapper.shared();

    private H2Answers() {}

    static Publisher<Void> echo(HttpServerRequest request, HttpServerResponse response) {
        return request.receive()
                .aggregate()
                .asByteArray()
                .defaultIfEmpty(new byte[0])
                .flatMap(body -> {
                    Map<String, Object> echo = new LinkedHashMap<>();
                    echo.put("protocol", request.protocol());
                    echo.put("method", request.method().name());
                    echo.put("target", request.uri());
                    echo.put("headers", headers(request).map());
                    echo.put("body", new String(body, StandardCharsets.UTF_8));
                    response.header("content-type", "application/json");
                    return response.sendByteArray(Mono.just(JSON.writeValueAsBytes(echo)))
                            .then();
                });
    }

    static Publisher<Void> text(HttpServerResponse response, int status, String body) {
        return response.status(status)
                .header("content-type", "text/plain;charset=UTF-8")
                .sendString(Mono.just(body));
    }

    static Publisher<Void> grpc(HttpServerResponse response, byte[] message, int status, String text) {
        ByteBuffer frame = ByteBuffer.allocate(5 + message.length);
        frame.put((byte) 0).putInt(message.length).put(message);
        return grpcHead(response, status, text).sendByteArray(Flux.just(frame.array()));
    }

    static Publisher<Void> grpcEcho(HttpServerRequest request, HttpServerResponse response) {
        Flux<ByteBuf> body = request.receive().retain();
        return grpcHead(response, 0, "").send(body, part -> true);
    }

    private static HttpServerResponse grpcHead(HttpServerResponse response, int status, String text) {
        return response.header("content-type", "application/grpc")
                // Reactor Netty sends only those trailer fields that this one has announced.
                .header("trailer", "grpc-status,grpc-message")
                .trailerHeaders(trailers ->
                        trailers.set("grpc-status", Integer.toString(status)).set("grpc-message", text));
    }

    static Publisher<Void> grpcTrailersOnly(HttpServerResponse response, int status, String text) {
        return response.header("content-type", "application/grpc")
                .header("grpc-status", Integer.toString(status))
                .header("grpc-message", text)
                .send();
    }

    static Publisher<Void> resetMidBody(HttpServerResponse response, Http2Error error) {
        // Two parts, since one alone would be sent as a complete response.
        NettyOutbound some = response.sendString(Flux.just("some", "thing"));
        Mono<Void> cut =
                Mono.fromRunnable(() -> response.withConnection(connection -> cut(connection.channel(), error)));
        return some.then().then(cut).then(Mono.never());
    }

    private static void cut(Channel channel, Http2Error error) {
        if (channel instanceof Http2StreamChannel) {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(error));
        } else {
            channel.close();
        }
    }

    static String path(HttpServerRequest request) {
        String target = request.uri();
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    static Headers headers(HttpServerRequest request) {
        List<Header> fields = request.requestHeaders().entries().stream()
                .map(field -> new Header(field.getKey(), field.getValue()))
                .toList();
        return Headers.of(fields);
    }
}
