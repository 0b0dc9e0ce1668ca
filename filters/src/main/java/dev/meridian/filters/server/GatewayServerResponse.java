package dev.meridian.filters.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.cookie.CookieHeaderNames;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A response that is committed in one step where nobody asked to be called before that, and that can write a body which
 * is here in full without any publisher in between. Otherwise as Spring's own for Reactor Netty.
 */
public final class GatewayServerResponse extends AbstractServerHttpResponse {

    private final HttpServerResponse response;
    private @Nullable List<Supplier<? extends Mono<Void>>> actions;
    private volatile boolean committed;
    private volatile boolean committing;

    GatewayServerResponse(HttpServerResponse response, DataBufferFactory buffers) {
        super(buffers, new HttpHeaders(new Netty4HeadersAdapter(response.responseHeaders())));
        this.response = response;
    }

    /** Writes head and body together; takes over the buffer. */
    public Mono<Void> writeWhole(ByteBuf body) {
        if (committed || committing) {
            body.release();
            return Mono.empty();
        }
        if (actions != null) {
            return writeWith(Mono.just(((NettyDataBufferFactory) bufferFactory()).wrap(body)));
        }
        try {
            apply();
        } catch (RuntimeException e) {
            body.release();
            throw e;
        }
        return response.sendObject(body).then();
    }

    /** Writes the head at once, and each part of the body as it comes. */
    public Mono<Void> writeHeadThen(Flux<? extends DataBuffer> body) {
        return doCommit(() -> response.sendHeaders().then().then(Mono.defer(() -> sendParts(body))));
    }

    /** Writes the head with the first part of the body, and each part as it comes. */
    public Mono<Void> writeParts(Flux<? extends DataBuffer> body) {
        return doCommit(() -> sendParts(body));
    }

    /** Unlike groups of buffers, plain ones are released by the server when it is cancelled in between. */
    private Mono<Void> sendParts(Flux<? extends DataBuffer> body) {
        return response.send(body.map(NettyDataBufferFactory::toByteBuf), part -> true)
                .then();
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T getNativeResponse() {
        return (T) response;
    }

    @Override
    public @Nullable HttpStatusCode getStatusCode() {
        HttpStatusCode status = super.getStatusCode();
        return status != null
                ? status
                : HttpStatusCode.valueOf(response.status().code());
    }

    @Override
    public boolean setStatusCode(@Nullable HttpStatusCode status) {
        return !committed && super.setStatusCode(status);
    }

    @Override
    public HttpHeaders getHeaders() {
        HttpHeaders headers = super.getHeaders();
        return committed ? HttpHeaders.readOnlyHttpHeaders(headers) : headers;
    }

    @Override
    public void addCookie(ResponseCookie cookie) {
        if (committed) {
            throw new IllegalStateException("Can't add the cookie " + cookie.getName() + ": the response is committed");
        }
        super.addCookie(cookie);
    }

    @Override
    public void beforeCommit(Supplier<? extends Mono<Void>> action) {
        List<Supplier<? extends Mono<Void>>> all = actions;
        if (all == null) {
            all = new ArrayList<>(2);
            actions = all;
        }
        all.add(action);
    }

    @Override
    public boolean isCommitted() {
        return committed;
    }

    @Override
    protected Mono<Void> doCommit(@Nullable Supplier<? extends Mono<Void>> writeAction) {
        return Mono.defer(() -> {
            if (committed || committing) {
                return Mono.empty();
            }
            List<Supplier<? extends Mono<Void>>> pending = actions;
            if (pending == null) {
                return commit(writeAction);
            }
            committing = true;
            actions = null; // once only: a failed action must not keep the error's own answer from being written
            return Flux.concat(Flux.fromIterable(pending).map(Supplier::get))
                    .doOnError(e -> {
                        committing = false;
                        getHeaders().clearContentHeaders();
                    })
                    .then(Mono.defer(() -> commit(writeAction)));
        });
    }

    private Mono<Void> commit(@Nullable Supplier<? extends Mono<Void>> writeAction) {
        if (committed) {
            return Mono.empty();
        }
        apply();
        return writeAction == null ? Mono.empty() : writeAction.get();
    }

    private void apply() {
        applyStatusCode();
        applyCookies();
        committed = true;
    }

    @Override
    protected void applyStatusCode() {
        HttpStatusCode status = super.getStatusCode();
        if (status != null) {
            response.status(status.value());
        }
    }

    @Override
    protected void applyHeaders() {
        // They are the server's own.
    }

    @Override
    protected void applyCookies() {
        if (getCookies().isEmpty()) {
            return;
        }
        getCookies().forEach((name, cookies) -> cookies.forEach(cookie -> response.addCookie(netty(name, cookie))));
    }

    private static DefaultCookie netty(String name, ResponseCookie from) {
        DefaultCookie cookie = new DefaultCookie(name, from.getValue());
        if (!from.getMaxAge().isNegative()) {
            cookie.setMaxAge(from.getMaxAge().getSeconds());
        }
        if (from.getDomain() != null) {
            cookie.setDomain(from.getDomain());
        }
        if (from.getPath() != null) {
            cookie.setPath(from.getPath());
        }
        if (from.getSameSite() != null) {
            cookie.setSameSite(CookieHeaderNames.SameSite.valueOf(from.getSameSite()));
        }
        cookie.setSecure(from.isSecure());
        cookie.setHttpOnly(from.isHttpOnly());
        cookie.setPartitioned(from.isPartitioned());
        return cookie;
    }

    @Override
    protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
        return response.send(buffers(body)).then();
    }

    @Override
    protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        return response.sendGroups(Flux.from(body).map(GatewayServerResponse::buffers))
                .then();
    }

    private static Publisher<ByteBuf> buffers(Publisher<? extends DataBuffer> body) {
        return body instanceof Mono
                ? Mono.from(body).map(NettyDataBufferFactory::toByteBuf)
                : Flux.from(body).map(NettyDataBufferFactory::toByteBuf);
    }
}
