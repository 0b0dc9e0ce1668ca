package dev.meridian.filters.forward;

import dev.meridian.filters.client.Peer;
import dev.meridian.filters.server.GatewayServerResponse;
import dev.meridian.filters.server.SwitchingSubscriber;
import dev.meridian.routes.exchange.FilterOrder;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.exchange.HeaderNames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Writes the upstream's response to the client, in place of the stock filter. A body that is here in full goes out with
 * its head in one piece; any other is streamed, each part as it comes.
 */
final class WriteResponseFilter implements GlobalFilter, Ordered {

    private final List<MediaType> streamingTypes;

    /** @param streamingTypes for these a response that filters have decorated is flushed part by part, as in stock */
    WriteResponseFilter(List<MediaType> streamingTypes) {
        this.streamingTypes = List.copyOf(streamingTypes);
    }

    @Override
    public int getOrder() {
        return FilterOrder.WRITE_RESPONSE.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Mono<Void> routed = chain.filter(exchange);
        return new Mono<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Void> actual) {
                ThenWrite then = new ThenWrite(exchange, actual);
                actual.onSubscribe(then);
                routed.subscribe(then);
            }
        };
    }

    private Mono<Void> write(ServerWebExchange exchange, UpstreamResponse upstream) {
        ServerHttpResponse response = exchange.getResponse();
        ResponseBody body = upstream.body();
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        boolean plain = response instanceof AbstractServerHttpResponse;
        if (plain && body.isWhole() && !body.hasTrailers()) {
            own.upstreamEnd(System.nanoTime());
            ByteBuf whole = body.takeWhole();
            if (whole == null) {
                return response.setComplete();
            }
            own.addResponseBytes(whole.readableBytes());
            return response instanceof GatewayServerResponse direct
                    ? direct.writeWhole(whole)
                    : response.writeWith(Mono.just(wrap(response.bufferFactory(), whole)));
        }
        return stream(exchange, response, body, own);
    }

    private Mono<Void> stream(
            ServerWebExchange exchange, ServerHttpResponse response, ResponseBody body, GatewayExchange own) {
        Channel client = Peer.channel(exchange.getRequest());
        if (client != null) {
            body.gate(client::isWritable);
            ClientWritability.watch(client, body);
        }
        HttpServerResponse server = UpstreamResponses.server(response);
        if (server != null) {
            server.trailerHeaders(trailers -> addTrailers(body.trailers(), trailers));
        }
        DataBufferFactory factory = response.bufferFactory();
        Flux<DataBuffer> parts = body.map(part -> {
                    own.addResponseBytes(part.readableBytes());
                    return wrap(factory, part);
                })
                .doOnComplete(() -> {
                    own.upstreamEnd(System.nanoTime());
                    announceTrailers(server, body.trailers());
                })
                .doOnError(e -> {
                    own.upstreamEnd(System.nanoTime());
                    resetOnClose(client);
                });
        if (exchange.getRequest().getMethod() == HttpMethod.HEAD) {
            return response.writeWith(parts);
        }
        if (server != null) {
            delimitByClose(exchange, server);
        }
        if (!(response instanceof AbstractServerHttpResponse) && !isStreaming(response)) {
            return response.writeWith(parts);
        }
        // Some clients wait for the head before anything else happens (EventSource, gRPC), so it is not kept for the
        // body.
        if (response instanceof GatewayServerResponse direct) {
            return body.isUnbegun() ? direct.writeHeadThen(parts) : direct.writeParts(parts);
        }
        return response.writeAndFlushWith(parts.map(Flux::just));
    }

    private boolean isStreaming(ServerHttpResponse response) {
        MediaType type;
        try {
            type = response.getHeaders().getContentType();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
        for (MediaType streaming : streamingTypes) {
            if (streaming.isCompatibleWith(type)) {
                return true;
            }
        }
        return false;
    }

    /** HTTP/1.0 knows no chunks: a body without a length ends with its connection (RFC 9112 §6.1). */
    private static void delimitByClose(ServerWebExchange exchange, HttpServerResponse server) {
        HttpHeaders headers = server.responseHeaders();
        if (HttpVersion.HTTP_1_0.equals(server.version()) && !headers.contains(HeaderNames.CONTENT_LENGTH)) {
            server.chunkedTransfer(false);
            headers.set(HeaderNames.CONNECTION, "close");
        }
    }

    /**
     * Makes the close that follows an error a reset: towards a client that reads until the connection is closed, an
     * orderly close would make half a body look whole.
     */
    private static void resetOnClose(@Nullable Channel client) {
        if (client instanceof SocketChannel socket) {
            socket.config().setOption(ChannelOption.SO_LINGER, 0);
        }
    }

    /** The server sends those trailer fields that {@code Trailer} names; which they are is known only at the end. */
    private static void announceTrailers(@Nullable HttpServerResponse server, @Nullable HttpHeaders trailers) {
        if (server != null && trailers != null) {
            server.responseHeaders().set("trailer", String.join(",", trailers.names()));
        }
    }

    private static void addTrailers(@Nullable HttpHeaders from, HttpHeaders to) {
        if (from == null) {
            return;
        }
        from.forEach(field -> {
            try {
                to.add(field.getKey(), field.getValue());
            } catch (IllegalArgumentException e) {
                // A field that must not be a trailer (RFC 9110 §6.5.1) is dropped, the others pass.
            }
        });
    }

    private static DataBuffer wrap(DataBufferFactory factory, ByteBuf buffer) {
        if (factory instanceof NettyDataBufferFactory netty) {
            return netty.wrap(buffer);
        }
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        buffer.release();
        return factory.wrap(bytes);
    }

    /** The chain, then the writing; an end without a writing gives the response up. */
    private final class ThenWrite extends SwitchingSubscriber {

        private final ServerWebExchange exchange;
        private boolean writing;
        private volatile @Nullable ResponseBody body;

        ThenWrite(ServerWebExchange exchange, CoreSubscriber<? super Void> actual) {
            super(actual);
            this.exchange = exchange;
        }

        @Override
        public void onError(Throwable t) {
            giveUp();
            actual().onError(t);
        }

        @Override
        public void onComplete() {
            if (writing) {
                actual().onComplete();
                return;
            }
            writing = true;
            UpstreamResponse upstream = UpstreamResponses.take(exchange);
            if (upstream == null) {
                actual().onComplete();
                return;
            }
            body = upstream.body();
            if (isCancelled()) {
                giveUp();
                return;
            }
            Mono<Void> write;
            try {
                write = write(exchange, upstream);
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                onError(e);
                return;
            }
            write.subscribe(this);
        }

        @Override
        public void cancel() {
            super.cancel();
            giveUp();
        }

        /** The server may end without ever having subscribed to the body. */
        private void giveUp() {
            UpstreamResponses.discard(exchange);
            ResponseBody taken = body;
            if (taken != null) {
                taken.dispose();
            }
        }
    }
}
