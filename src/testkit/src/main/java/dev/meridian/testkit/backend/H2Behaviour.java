package dev.meridian.testkit.backend;

import io.netty.handler.codec.http2.Http2Error;
import java.time.Duration;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** How a {@link H2Backend} answers a request. It runs on an event loop and must not block. */
@FunctionalInterface
public interface H2Behaviour {

    /** Answers {@code request}; the response is complete when the publisher completes. */
    Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response);

    /** The request as JSON: {@code protocol}, {@code method}, {@code target}, {@code headers} and {@code body}. */
    static H2Behaviour echo() {
        return H2Answers::echo;
    }

    /** A text. */
    static H2Behaviour answer(int status, String body) {
        return (request, response) -> H2Answers.text(response, status, body);
    }

    /** {@code then}, {@code delay} later. */
    static H2Behaviour after(Duration delay, H2Behaviour then) {
        return (request, response) ->
                Mono.delay(delay).then(Mono.defer(() -> Mono.from(then.handle(request, response))));
    }

    /** By the target's path, else 404. */
    static H2Behaviour byPath(Map<String, H2Behaviour> behaviours) {
        Map<String, H2Behaviour> copy = Map.copyOf(behaviours);
        H2Behaviour none = answer(404, "no behaviour for this path");
        return (request, response) ->
                copy.getOrDefault(H2Answers.path(request), none).handle(request, response);
    }

    /** A gRPC response: this message in its frame, then trailer fields with the status and its message. */
    static H2Behaviour grpc(byte[] message, int grpcStatus, String grpcMessage) {
        byte[] copy = message.clone();
        return (request, response) -> H2Answers.grpc(response, copy, grpcStatus, grpcMessage);
    }

    /** A gRPC response that sends back the body it gets, frames and all, while it comes; status 0 in the trailers. */
    static H2Behaviour grpcEcho() {
        return H2Answers::grpcEcho;
    }

    /** A gRPC response without a message: status and its message are in the only block of header fields. */
    static H2Behaviour grpcTrailersOnly(int grpcStatus, String grpcMessage) {
        return (request, response) -> H2Answers.grpcTrailersOnly(response, grpcStatus, grpcMessage);
    }

    /** 200 and some of a body, then RST_STREAM with this error; over HTTP/1.1 the connection is closed instead. */
    static H2Behaviour resetMidBody(Http2Error error) {
        return (request, response) -> H2Answers.resetMidBody(response, error);
    }

    /** Never answers. */
    static H2Behaviour blackHole() {
        return (request, response) -> request.receive().then(Mono.never());
    }
}
