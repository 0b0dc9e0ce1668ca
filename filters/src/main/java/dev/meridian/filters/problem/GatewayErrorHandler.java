package dev.meridian.filters.problem;

import dev.meridian.filters.client.Peer;
import dev.meridian.routes.exchange.GatewayExchange;
import dev.meridian.routes.upstream.NoEndpointException;
import io.netty.channel.Channel;
import io.netty.channel.unix.Errors;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.cloud.gateway.support.NotFoundException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.reactive.resource.NoResourceFoundException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * Turns every error of an exchange into the answer that the client sees. Once the answer has begun an error is passed
 * on, and the server breaks the connection off: a cut answer must never look finished.
 */
public final class GatewayErrorHandler implements WebExceptionHandler, Ordered {

    private static final Logger log = LoggerFactory.getLogger(GatewayErrorHandler.class);

    private final Supplier<List<ErrorWebExceptionHandler>> own;

    /** @param own the application's handlers, asked first: what they pass on is answered here */
    public GatewayErrorHandler(Supplier<List<ErrorWebExceptionHandler>> own) {
        this.own = SingletonSupplier.of(own);
    }

    /** Before Boot's handler, which would answer 500 with its own body. */
    @Override
    public int getOrder() {
        return -2;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        Mono<Void> result = Mono.error(error);
        for (ErrorWebExceptionHandler handler : own.get()) {
            result = result.onErrorResume(e -> handler.handle(exchange, e));
        }
        return result.onErrorResume(e -> answer(exchange, e));
    }

    private static Mono<Void> answer(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().isCommitted()) {
            note(exchange, error);
            return Mono.error(error);
        }
        if (isClientGone(exchange, error)) {
            return Mono.empty(); // nobody is left to read an answer
        }
        if (error instanceof GatewayException own) {
            return ProblemWriter.write(exchange, own.failure(), String.valueOf(own.getMessage()));
        }
        if (error instanceof OverloadException shed) {
            return ProblemWriter.write(exchange, shed.failure(), shed.failure().title());
        }
        if (error instanceof NoEndpointException none) {
            exchange.getResponse().getHeaders().putAll(none.getHeaders());
            return ProblemWriter.write(exchange, Failure.DESTINATION_UNAVAILABLE, String.valueOf(none.getReason()));
        }
        if (error instanceof NotFoundException none && none.getStatusCode().value() == 503) {
            return ProblemWriter.write(
                    exchange, Failure.DESTINATION_UNAVAILABLE, Failure.DESTINATION_UNAVAILABLE.title());
        }
        if (error instanceof DataBufferLimitException) {
            return ProblemWriter.write(exchange, Failure.REQUEST_TOO_LARGE, Failure.REQUEST_TOO_LARGE.title());
        }
        if (error instanceof TimeoutException || error.getCause() instanceof TimeoutException) {
            return ProblemWriter.write(exchange, Failure.HTTP_RESPONSE_TIMEOUT, Failure.HTTP_RESPONSE_TIMEOUT.title());
        }
        if (error instanceof ErrorResponse response) {
            exchange.getResponse().getHeaders().putAll(response.getHeaders());
            boolean noHandler = error instanceof NoResourceFoundException;
            return status(
                    exchange,
                    response.getStatusCode(),
                    noHandler ? null : response.getBody().getDetail());
        }
        ResponseStatus annotated = AnnotatedElementUtils.findMergedAnnotation(error.getClass(), ResponseStatus.class);
        if (annotated != null) {
            return status(exchange, annotated.code(), annotated.reason().isEmpty() ? null : annotated.reason());
        }
        GatewayExchange own = GatewayExchange.require(exchange.getAttributes());
        log.error("Unexpected error, trace id {}", own.traceId(), error);
        return ProblemWriter.write(
                exchange, Failure.INTERNAL_ERROR, "The trace id names the entry in the gateway's log.");
    }

    private static Mono<Void> status(ServerWebExchange exchange, HttpStatusCode code, @Nullable String detail) {
        HttpStatus known = HttpStatus.resolve(code.value());
        String title = known == null ? "Status " + code.value() : known.getReasonPhrase();
        boolean unmatched = code.value() == 404
                && GatewayExchange.require(exchange.getAttributes()).routeId() == null;
        String otherwise = unmatched ? "No route matches the request." : title;
        return ProblemWriter.write(exchange, code, title, detail == null ? otherwise : detail);
    }

    private static void note(ServerWebExchange exchange, Throwable error) {
        if (error instanceof GatewayException own) {
            GatewayExchange.require(exchange.getAttributes())
                    .failure(own.failure().proxyError());
        }
    }

    /** A reset may be the client's or an upstream's; whose it was its connection tells. */
    private static boolean isClientGone(ServerWebExchange exchange, Throwable error) {
        if (error instanceof AbortedException) {
            return true;
        }
        Channel client = error instanceof Errors.NativeIoException ? Peer.channel(exchange.getRequest()) : null;
        return client != null && !client.isActive();
    }
}
