package dev.meridian.filters.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.meridian.testkit.client.Endpoint;
import dev.meridian.testkit.client.RawClient;
import dev.meridian.testkit.client.Response;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The response on a real server, and what a client gets of it. */
class GatewayServerResponseTests {

    private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

    private final List<String> log = new CopyOnWriteArrayList<>();
    private @Nullable DisposableServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.disposeNow(Duration.ofSeconds(5));
        }
    }

    // ---- bodies

    @Test
    void writeWith_oneBuffer_isSentWithItsStatusAndFields() {
        Response got = answer(response -> {
            response.setStatusCode(HttpStatus.CREATED);
            response.getHeaders().set("X-A", "1");
            response.getHeaders().setContentLength(4);
            return response.writeWith(Mono.just(data("body")));
        });

        assertThat(got.status()).isEqualTo(201);
        assertThat(got.headers().first("X-A")).hasValue("1");
        assertThat(got.body().text()).isEqualTo("body");
    }

    @Test
    void writeWith_flux_isSentInChunks() {
        Response got = answer(response -> response.writeWith(Flux.just(data("one "), data("two"))));

        assertThat(got.headers().first("Transfer-Encoding")).hasValue("chunked");
        assertThat(got.body().text()).isEqualTo("one two");
        assertThat(got.complete()).isTrue();
    }

    @Test
    void writeAndFlushWith_isSentPartByPart() {
        Response got = answer(
                response -> response.writeAndFlushWith(Flux.just("one ", "two").map(text -> Flux.just(data(text)))));

        assertThat(got.body().text()).isEqualTo("one two");
    }

    @Test
    void writeWhole_isSentWithItsHead() {
        Response got = answer(response -> {
            response.setStatusCode(HttpStatus.ACCEPTED);
            response.getHeaders().setContentLength(5);
            return response.writeWhole(buffer("whole"));
        });

        assertThat(got.status()).isEqualTo(202);
        assertThat(got.body().text()).isEqualTo("whole");
    }

    @Test
    void writeWhole_withActions_runsThemFirst() {
        Response got = answer(response -> {
            response.beforeCommit(
                    () -> Mono.fromRunnable(() -> response.getHeaders().set("X-Late", "1")));
            response.getHeaders().setContentLength(5);
            return response.writeWhole(buffer("whole"));
        });

        assertThat(got.headers().first("X-Late")).hasValue("1");
        assertThat(got.body().text()).isEqualTo("whole");
    }

    @Test
    void writeWhole_committed_releasesTheBuffer() {
        ByteBuf late = buffer("late");

        Response got = answer(response -> response.setComplete().then(Mono.defer(() -> response.writeWhole(late))));

        int references = late.refCnt();
        if (references > 0) {
            late.release(references);
        }
        assertThat(got.body().text()).isEmpty();
        assertThat(references).as("references to a body that nobody sends").isZero();
    }

    @Test
    void writeHeadThen_sendsTheHeadBeforeTheFirstPart() {
        Response got = answer(response -> response.writeHeadThen(Flux.defer(() -> {
            log.add("committed " + response.isCommitted());
            return Flux.just(data("part"));
        })));

        assertThat(got.body().text()).isEqualTo("part");
        assertThat(log).containsExactly("committed true");
    }

    // ---- status

    @Test
    void status_notSet_isTheServers() {
        Response got = answer(response -> {
            log.add(String.valueOf(response.getStatusCode()));
            return response.setComplete();
        });

        assertThat(got.status()).isEqualTo(200);
        assertThat(log).containsExactly("200 OK");
    }

    @Test
    void status_withoutAName_isSent() {
        assertThat(answer(response -> {
                            response.setStatusCode(HttpStatusCode.valueOf(599));
                            return response.setComplete();
                        })
                        .status())
                .isEqualTo(599);
    }

    @Test
    void status_afterCommit_isRefused() {
        Response got = answer(response -> response.setComplete().then(Mono.fromRunnable(() -> {
            log.add("accepted " + response.setStatusCode(HttpStatus.BAD_GATEWAY));
            log.add("status " + response.getStatusCode());
        })));

        assertThat(got.status()).isEqualTo(200);
        assertThat(log).containsExactly("accepted false", "status 200 OK");
    }

    @Test
    void headers_afterCommit_areReadOnly() {
        answer(response -> response.setComplete().then(Mono.fromRunnable(() -> {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> response.getHeaders().set("X-A", "1"));
            assertThat(response.getHeaders().getFirst("X-Before")).isNull();
            log.add("checked");
        })));

        assertThat(log).containsExactly("checked");
    }

    // ---- actions before the commit

    @Test
    void beforeCommit_actions_runOnceAndInOrder() {
        Response got = answer(response -> {
            response.beforeCommit(() -> later("first"));
            response.beforeCommit(() -> action("second"));
            response.beforeCommit(() -> later("third"));
            return response.writeWith(Mono.just(data("body"))).then(response.setComplete());
        });

        assertThat(log).containsExactly("first", "second", "third");
        assertThat(got.body().text()).isEqualTo("body");
    }

    @Test
    void beforeCommit_action_mayStillChangeTheResponse() {
        Response got = answer(response -> {
            response.beforeCommit(() -> Mono.fromRunnable(() -> {
                log.add("status settable " + response.setStatusCode(HttpStatus.NOT_FOUND));
                response.getHeaders().set("X-Late", "1");
                response.addCookie(ResponseCookie.from("late", "1").build());
            }));
            return response.setComplete().then(Mono.fromRunnable(() -> log.add("committed " + response.isCommitted())));
        });

        assertThat(log).containsExactly("status settable true", "committed true");
        assertThat(got.status()).isEqualTo(404);
        assertThat(got.headers().all("X-Late")).containsExactly("1");
        assertThat(got.headers().all("Set-Cookie")).containsExactly("late=1");
    }

    @Test
    void beforeCommit_actionFails_leavesTheResponseForAnotherAnswer() {
        Response got = answer(response -> {
            response.beforeCommit(() -> Mono.error(new IllegalStateException("failed")));
            response.beforeCommit(() -> action("never"));
            response.getHeaders().setContentLength(4);
            return response.writeWith(Mono.just(data("body"))).onErrorResume(e -> {
                log.add(e.getMessage() + ", committed " + response.isCommitted() + ", length "
                        + response.getHeaders().getContentLength());
                response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
                return response.writeWith(Mono.just(data("sorry")));
            });
        });

        assertThat(log).containsExactly("failed, committed false, length -1");
        assertThat(got.status()).isEqualTo(500);
        assertThat(got.body().text()).isEqualTo("sorry");
    }

    @Test
    void beforeCommit_actionThrows_isAnError() {
        Response got = answer(response -> {
            response.beforeCommit(() -> {
                throw new IllegalStateException("thrown");
            });
            return response.setComplete().onErrorResume(e -> {
                log.add(String.valueOf(e.getMessage()));
                return response.setComplete();
            });
        });

        assertThat(log).containsExactly("thrown");
        assertThat(got.status()).isEqualTo(200);
    }

    /** As Spring's own: whoever comes while actions run must neither overtake them nor take the commit from them. */
    @Test
    void setComplete_whileActionsRun_doesNotOvertakeThem() {
        Response got = answer(response -> {
            response.beforeCommit(() -> Mono.delay(Duration.ofMillis(20)).then(Mono.fromRunnable(() -> {
                response.getHeaders().set("X-Late", "1");
                log.add("action");
            })));
            response.getHeaders().setContentLength(4);
            return Mono.when(response.writeWith(Mono.just(data("body"))), response.setComplete());
        });

        assertThat(log).containsExactly("action");
        assertThat(got.headers().first("X-Late")).hasValue("1");
        assertThat(got.body().text()).isEqualTo("body");
    }

    // ---- laziness

    @Test
    void setComplete_notSubscribed_commitsNothing() {
        answer(response -> {
            Mono<Void> complete = response.setComplete();
            log.add("committed " + response.isCommitted());
            return complete;
        });

        assertThat(log).containsExactly("committed false");
    }

    @Test
    void writeWith_notSubscribed_commitsNothing() {
        answer(response -> {
            DataBuffer unused = data("unused");
            response.writeWith(Mono.just(unused));
            log.add("committed " + response.isCommitted());
            DataBufferUtils.release(unused);
            return response.setComplete();
        });

        assertThat(log).containsExactly("committed false");
    }

    @Test
    void setComplete_twice_isTheSame() {
        assertThat(answer(response -> response.setComplete().then(response.setComplete()))
                        .status())
                .isEqualTo(200);
    }

    // ---- cookies

    @Test
    void cookies_areSentWithTheirAttributes() {
        Response got = answer(response -> {
            response.addCookie(ResponseCookie.from("a", "1")
                    .maxAge(60)
                    .domain("example.com")
                    .path("/p")
                    .secure(true)
                    .httpOnly(true)
                    .sameSite("Lax")
                    .partitioned(true)
                    .build());
            response.addCookie(ResponseCookie.from("b", "2").build());
            response.addCookie(ResponseCookie.from("gone", "").maxAge(0).build());
            return response.setComplete();
        });

        List<String> cookies = got.headers().all("Set-Cookie");
        assertThat(cookies).hasSize(3);
        assertThat(cookies.get(0))
                .startsWith("a=1; Max-Age=60; Expires=")
                .contains(
                        "; Path=/p",
                        "; Domain=example.com",
                        "; Secure",
                        "; HTTPOnly",
                        "; SameSite=Lax",
                        "; Partitioned");
        assertThat(cookies.get(1)).isEqualTo("b=2");
        assertThat(cookies.get(2)).startsWith("gone=; Max-Age=0");
    }

    @Test
    void cookies_afterCommit_areRefused() {
        answer(response -> response.setComplete().then(Mono.fromRunnable(() -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> response.addCookie(
                            ResponseCookie.from("a", "secret").build()))
                    .withMessageContaining("a")
                    .withMessageNotContaining("secret");
            log.add("checked");
        })));

        assertThat(log).containsExactly("checked");
    }

    private Response answer(Function<GatewayServerResponse, Mono<Void>> writing) {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> writing.apply(
                        new GatewayServerResponse(response, new NettyDataBufferFactory(response.alloc()))))
                .bindNow(Duration.ofSeconds(5));
        try (RawClient client = RawClient.connect(Endpoint.loopback(server.port()))) {
            return client.get("/").readResponse();
        }
    }

    private Mono<Void> action(String name) {
        return Mono.fromRunnable(() -> log.add(name));
    }

    private Mono<Void> later(String name) {
        return Mono.delay(Duration.ofMillis(5)).then(action(name));
    }

    private static DataBuffer data(String text) {
        return BUFFERS.wrap(buffer(text));
    }

    private static ByteBuf buffer(String text) {
        return ByteBufAllocator.DEFAULT.buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
