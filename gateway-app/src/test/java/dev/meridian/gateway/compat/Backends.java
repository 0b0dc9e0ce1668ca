package dev.meridian.gateway.compat;

import dev.meridian.testkit.backend.Backend;
import dev.meridian.testkit.backend.Behaviour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.test.context.DynamicPropertyRegistry;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.WebsocketServerSpec;

/**
 * Where the routes of this package lead. They serve every test class here and end with the JVM, as the applications do
 * that Spring's tests keep.
 */
final class Backends {

    static final Backend FIRST = Backend.start(Behaviour.echo());
    static final Backend SECOND = Backend.start(Behaviour.echo());

    /** Answers each WebSocket message with the target of the handshake and the message; other requests with "plain". */
    static final DisposableServer SOCKET = webSocket(HttpServer.create());

    private static final String REFUSED = refused();
    private static final FullPort FULL = new FullPort();

    private Backends() {}

    static void register(DynamicPropertyRegistry registry) {
        registry.add("compat.first", FIRST::url);
        registry.add("compat.second", SECOND::url);
        registry.add("compat.socket", () -> "127.0.0.1:" + SOCKET.port());
        registry.add("compat.refused", () -> REFUSED);
        registry.add("compat.full", FULL::url);
    }

    /** Sends {@code call} to the gateway and tells what became of it. */
    static Seen see(Call call, int port) {
        FIRST.forgetRequests();
        SECOND.forgetRequests();
        return new Seen(call.send(port), FIRST.requests(), SECOND.requests());
    }

    static void behave(Behaviour behaviour) {
        FIRST.behave(behaviour);
        SECOND.behave(behaviour);
    }

    static DisposableServer webSocket(HttpServer server) {
        return server.host("127.0.0.1")
                .port(0)
                .handle((request, response) -> request.requestHeaders().contains("Upgrade")
                        ? response.sendWebsocket(
                                (in, out) -> out.sendString(in.aggregateFrames()
                                        .receive()
                                        .asString()
                                        .map(text -> request.uri() + " " + text)),
                                WebsocketServerSpec.builder().protocols("chat").build())
                        : response.sendString(Mono.just("plain")).then())
                .bindNow();
    }

    private static String refused() {
        try (Backend closed = Backend.start(Behaviour.echo())) {
            return closed.url();
        }
    }

    /** A port whose queue of new connections is full: the system answers no further one. */
    private static final class FullPort {

        private static final int ATTEMPT_MILLIS = 100;
        private static final int MOST = 64;

        private final ServerSocket server;
        private final List<Socket> queued = new ArrayList<>();

        FullPort() {
            try {
                server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                while (queued.size() < MOST && fill()) {
                    // the next one
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private boolean fill() throws IOException {
            Socket socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(server.getLocalSocketAddress(), ATTEMPT_MILLIS);
                return true;
            } catch (SocketTimeoutException e) {
                return false;
            }
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }
    }
}
