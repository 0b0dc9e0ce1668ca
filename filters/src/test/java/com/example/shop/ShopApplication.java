package com.example.shop;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;

/** Somebody's own Spring Cloud Gateway application, with Meridian's libraries on its class path and beans of its own. */
@SpringBootApplication
class ShopApplication {

    @Bean
    WebFilter shopWebFilter() {
        return (exchange, chain) -> {
            exchange.getResponse().getHeaders().set("X-Shop-Web-Filter", "1");
            return chain.filter(exchange);
        };
    }

    @Bean
    @Order(5)
    @SuppressWarnings("NullAway") // What a filter must not do, and somebody's does.
    GlobalFilter shopGlobalFilter() {
        return (exchange, chain) -> {
            if (exchange.getRequest().getQueryParams().containsKey("null")) {
                return null;
            }
            if (exchange.getRequest().getQueryParams().containsKey("throw")) {
                throw new IllegalStateException("secret");
            }
            return chain.filter(exchange.mutate()
                    .request(request -> request.header("X-Shop-Global-Filter", "1"))
                    .build());
        };
    }

    @Bean
    HttpHeadersFilter shopHeadersFilter() {
        return new HttpHeadersFilter() {
            @Override
            public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
                HttpHeaders output = new HttpHeaders();
                output.addAll(input);
                output.set("X-Shop-Headers-Filter", "1");
                return output;
            }
        };
    }
}
