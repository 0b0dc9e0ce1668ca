package dev.meridian.gateway.compat;

import static dev.meridian.gateway.compat.Call.get;
import static dev.meridian.gateway.compat.Call.post;
import static dev.meridian.gateway.compat.Call.request;
import static dev.meridian.gateway.compat.PredicateRow.predicate;

import java.util.stream.Stream;

/** The table of the stock predicates; the routes stand in {@code compat/stock.yml} and {@link StockJavaRoutes}. */
final class StockPredicates {

    private StockPredicates() {}

    static Stream<PredicateRow> rows() {
        return Stream.of(
                predicate("After").takes(get("/p/after")).leaves(get("/p/after-future")),
                predicate("Before").takes(get("/p/before")).leaves(get("/p/before-past")),
                predicate("Between").takes(get("/p/between")).leaves(get("/p/between-past")),
                predicate("CloudFoundryRouteService")
                        .takes(get(
                                "/p/cloud-foundry",
                                "X-CF-Forwarded-Url",
                                "https://app.example/",
                                "X-CF-Proxy-Signature",
                                "signed",
                                "X-CF-Proxy-Metadata",
                                "data"))
                        .leaves(
                                get("/p/cloud-foundry"),
                                get("/p/cloud-foundry", "X-CF-Forwarded-Url", "https://app.example/")),
                predicate("Cookie")
                        .takes(
                                get("/p/cookie", "Cookie", "chocolate=chip"),
                                get("/p/cookie", "Cookie", "a=b; chocolate=chap"))
                        .leaves(get("/p/cookie"), get("/p/cookie", "Cookie", "chocolate=chips")),
                predicate("Header")
                        .takes(get("/p/header", "X-Request-Id", "123"))
                        .leaves(get("/p/header"), get("/p/header", "X-Request-Id", "12a")),
                predicate("Host")
                        .takes(
                                get("/p/host", "Host", "www.somehost.example"),
                                get("/p/host", "Host", "beta.otherhost.example"))
                        .leaves(get("/p/host", "Host", "somewhere.example"), get("/p/host")),
                predicate("Method")
                        .takes(get("/p/method"), request("PUT", "/p/method"))
                        .leaves(post("/p/method", "body"), request("DELETE", "/p/method")),
                predicate("Path")
                        .takes(get("/p/path/1"), get("/p/other-path"), get("/p/other-path/a/b"))
                        .leaves(get("/p/path"), get("/p/path/1/2"), get("/p/path-2/1")),
                predicate("Query")
                        .takes(
                                get("/p/query?green"),
                                get("/p/query?a=1&green=yes"),
                                get("/p/query-regexp?red=greet"),
                                get("/p/query-regexp?red=no&red=green"))
                        .leaves(
                                get("/p/query"),
                                get("/p/query?red=green"),
                                get("/p/query-regexp?red"),
                                get("/p/query-regexp?red=greets")),
                predicate("ReadBody")
                        .takes(post("/p/read-body", "say hello to them"))
                        .leaves(post("/p/read-body", "say nothing"), get("/p/read-body")),
                predicate("RemoteAddr").takes(get("/p/remote-addr")).leaves(get("/p/remote-addr-elsewhere")),
                predicate("Version")
                        .takes(
                                get("/p/version", "X-API-Version", "1.1"),
                                get("/p/version-baseline", "X-API-Version", "1.2"),
                                get("/p/version-baseline", "X-API-Version", "1.3"))
                        .leaves(
                                get("/p/version", "X-API-Version", "1.2"),
                                get("/p/version-baseline", "X-API-Version", "1.1")),
                predicate("Weight").takes(get("/p/weight")).leaves(get("/p/weight-2")),
                predicate("XForwardedRemoteAddr")
                        .takes(
                                get("/p/x-forwarded-remote-addr", "X-Forwarded-For", "203.0.113.7"),
                                get("/p/x-forwarded-remote-addr", "X-Forwarded-For", "198.51.100.1, 203.0.113.7"))
                        .leaves(
                                get("/p/x-forwarded-remote-addr"),
                                get("/p/x-forwarded-remote-addr", "X-Forwarded-For", "203.0.113.7, 198.51.100.1")));
    }
}
