package com.example.shop;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** What the application answers itself, beside its routes. */
@RestController
@ConditionalOnProperty("shop.controllers")
class ShopController {

    @GetMapping("/local/hello")
    Mono<String> hello() {
        return Mono.just("hello");
    }

    @PostMapping("/local/echo")
    Mono<String> echo(@RequestBody String body) {
        return Mono.just(body);
    }

    @GetMapping("/local/sold-out")
    Mono<String> soldOut() {
        return Mono.error(new SoldOut());
    }

    @GetMapping("/local/no-such-article")
    Mono<String> noSuchArticle() {
        return Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, "no such article"));
    }

    @ResponseStatus(HttpStatus.CONFLICT)
    static class SoldOut extends RuntimeException {

        private static final long serialVersionUID = 1L;
    }
}
