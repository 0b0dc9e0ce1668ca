package dev.meridian.gateway.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A WebSocket client that says one thing and tells what it heard. */
final class WebSocketEcho {

    private static final int MOST_SECONDS = 5;

    private WebSocketEcho() {}

    /** Says {@code hello} through the gateway. */
    static String of(int port, String target) throws Exception {
        First first = new First(new CompletableFuture<>());
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .subprotocols("chat")
                .buildAsync(URI.create("ws://localhost:" + port + target), first)
                .get(MOST_SECONDS, TimeUnit.SECONDS);
        socket.sendText("hello", true).get(MOST_SECONDS, TimeUnit.SECONDS);
        String heard = first.message.get(MOST_SECONDS, TimeUnit.SECONDS);
        assertThat(socket.getSubprotocol()).isEqualTo("chat");
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(MOST_SECONDS, TimeUnit.SECONDS);
        return heard;
    }

    /** Keeps the first message. */
    private record First(CompletableFuture<String> message) implements WebSocket.Listener {

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            message.complete(text.toString());
            return WebSocket.Listener.super.onText(socket, text, last);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            message.completeExceptionally(error);
        }
    }
}
