package dev.meridian.filters.guard;

import dev.meridian.filters.problem.ProblemWriter;
import dev.meridian.routes.exchange.FilterOrder;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** Refuses requests with more fields than allowed; the server's codec limits their size only. */
final class HeaderCountFilter implements WebFilter, Ordered {

    private final int max;

    HeaderCountFilter(int max) {
        this.max = max;
    }

    @Override
    public int getOrder() {
        return FilterOrder.GUARD.value();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        boolean tooMany = exchange.getRequest() instanceof AbstractServerHttpRequest request
                && request.getNativeRequest() instanceof HttpServerRequest server
                && server.requestHeaders().size() > max;
        if (tooMany) {
            return ProblemWriter.write(
                    exchange,
                    HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.getReasonPhrase(),
                    "The request has more header fields than meridian.http.max-headers.");
        }
        return chain.filter(exchange);
    }
}
