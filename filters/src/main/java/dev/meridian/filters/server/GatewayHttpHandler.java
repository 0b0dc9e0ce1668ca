package dev.meridian.filters.server;

import dev.meridian.filters.guard.ClientConnections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.LocaleContextResolver;
import org.springframework.web.server.session.WebSessionManager;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Runs an exchange through the web filters to the handler, in place of Spring's {@code HttpWebHandlerAdapter}: without
 * its observation (Meridian measures by itself), and with one operator where that stacks up a dozen. Filters and error
 * handlers are those of the application, in their order.
 */
final class GatewayHttpHandler implements HttpHandler {

    private static final Logger log = LoggerFactory.getLogger(GatewayHttpHandler.class);

    private final WebHandler chain;
    private final List<WebExceptionHandler> errorHandlers;
    private final WebSessionManager sessions;
    private final ServerCodecConfigurer codecs;
    private final LocaleContextResolver locales;
    private final ApplicationContext context;
    private final ClientConnections connections;

    GatewayHttpHandler(
            WebHandler handler,
            List<WebFilter> filters,
            List<WebExceptionHandler> errorHandlers,
            WebSessionManager sessions,
            ServerCodecConfigurer codecs,
            LocaleContextResolver locales,
            ApplicationContext context,
            ClientConnections connections) {
        this.connections = connections;
        this.chain = WebFilterLink.chain(filters, handler);
        this.errorHandlers = List.copyOf(errorHandlers);
        this.sessions = sessions;
        this.codecs = codecs;
        this.locales = locales;
        this.context = context;
    }

    @Override
    public Mono<Void> handle(ServerHttpRequest request, ServerHttpResponse response) {
        ServerHttpResponse own = response;
        if (connections.isDraining()) {
            response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        }
        if (response instanceof AbstractServerHttpResponse plain
                && request.getMethod() != HttpMethod.HEAD
                && plain.getNativeResponse() instanceof HttpServerResponse server) {
            own = new GatewayServerResponse(server, plain.bufferFactory());
        }
        ServerWebExchange exchange = new DefaultServerWebExchange(request, own, sessions, codecs, locales, context);
        return new Handling(exchange);
    }

    private Mono<Void> onError(ServerWebExchange exchange, Throwable error) {
        Mono<Void> result = Mono.error(error);
        for (WebExceptionHandler handler : errorHandlers) {
            result = result.onErrorResume(e -> handler.handle(exchange, e));
        }
        return result.onErrorResume(e -> unresolved(exchange, e));
    }

    private static Mono<Void> unresolved(ServerWebExchange exchange, Throwable error) {
        if (exchange.getResponse().setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR)) {
            log.error(
                    "500 for {} {}",
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getPath(),
                    error);
            return Mono.empty();
        }
        return Mono.error(error); // the server breaks the connection off
    }

    /** The chain, then the error handlers where it failed, then the end of the response where nobody has written it. */
    private final class Handling extends Mono<Void> {

        private final ServerWebExchange exchange;

        Handling(ServerWebExchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void subscribe(CoreSubscriber<? super Void> actual) {
            HandlingSubscriber subscriber = new HandlingSubscriber(actual, exchange);
            actual.onSubscribe(subscriber);
            Mono<Void> handled;
            try {
                handled = chain.handle(exchange);
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                handled = Mono.error(e);
            }
            handled.subscribe(subscriber);
        }
    }

    private final class HandlingSubscriber extends SwitchingSubscriber {

        private static final int HANDLING = 0;
        private static final int ANSWERING_ERROR = 1;
        private static final int COMPLETING = 2;

        private final ServerWebExchange exchange;
        private int stage = HANDLING;

        HandlingSubscriber(CoreSubscriber<? super Void> actual, ServerWebExchange exchange) {
            super(actual);
            this.exchange = exchange;
        }

        @Override
        public void onError(Throwable t) {
            if (stage == HANDLING && !isCancelled()) {
                stage = ANSWERING_ERROR;
                GatewayHttpHandler.this.onError(exchange, t).subscribe(this);
            } else {
                actual().onError(t);
            }
        }

        @Override
        public void onComplete() {
            if (stage == COMPLETING) {
                actual().onComplete();
                return;
            }
            stage = COMPLETING;
            Mono<Void> completion = exchange.getResponse().isCommitted()
                    ? Mono.empty()
                    : exchange.getResponse().setComplete();
            if (isMultipart()) {
                completion = exchange.cleanupMultipart().then(completion); // files that a filter's parsing has left
            }
            completion.subscribe(this);
        }

        private boolean isMultipart() {
            String type = exchange.getRequest().getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
            return type != null && type.regionMatches(true, 0, "multipart/", 0, 10);
        }
    }
}
