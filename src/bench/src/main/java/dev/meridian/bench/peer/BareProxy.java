package dev.meridian.bench.peer;

import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/** The floor of the stack: Reactor Netty's server joined to its client, with no gateway in between. */
public final class BareProxy {

    private BareProxy() {}

    /** @param args the port to listen on and the backend's url */
    public static void main(String[] args) {
        ConnectionProvider pool =
                ConnectionProvider.builder("bare").maxConnections(1024).build();
        HttpClient client = HttpClient.create(pool).baseUrl(args[1]);
        HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .handle((request, response) -> client.headers(fields -> fields.set(request.requestHeaders()))
                        .request(request.method())
                        .uri(request.uri())
                        .send(request.receive().retain())
                        .responseConnection((answer, connection) -> {
                            response.status(answer.status()).headers(answer.responseHeaders());
                            return response.send(connection.inbound().receive().retain())
                                    .then()
                                    .doFinally(signal -> connection.dispose());
                        })
                        .then())
                .bindNow()
                .onDispose()
                .block();
    }
}
