package dev.meridian.gateway.compat;

import static dev.meridian.gateway.compat.Call.get;
import static dev.meridian.gateway.compat.Call.post;
import static dev.meridian.testkit.backend.Behaviour.answer;
import static dev.meridian.testkit.backend.Behaviour.chunked;
import static dev.meridian.testkit.backend.Behaviour.echo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.gateway.MeridianApplication;
import dev.meridian.testkit.assertion.ProblemAssert;
import dev.meridian.testkit.backend.Recorded;
import dev.meridian.testkit.http.Headers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** What an application adds to Spring Cloud Gateway by beans, {@link OwnBeans}, works here as it does there. */
@SpringBootTest(
        classes = MeridianApplication.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.additional-location=classpath:/compat/own-beans.yml",
            // There is Redis on the class path, and of two limiters the stock filter would not know which to take.
            "spring.cloud.gateway.server.webflux.redis.enabled=false",
            "management.server.port=0",
            "meridian.shutdown.grace=0s"
        })
@Import(OwnBeans.class)
class OwnBeansTests {

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void backends(DynamicPropertyRegistry registry) {
        Backends.register(registry);
    }

    @BeforeEach
    void echoAll() {
        Backends.behave(echo());
    }

    @Test
    void globalFilter_changesRequestAndResponse() {
        Seen seen = see(get("/own/plain"));

        assertThat(seen.sent("X-Own-Global")).containsExactly("request");
        assertThat(seen.received("X-Own-Global")).containsExactly("response");
    }

    @Test
    void globalFilter_actionBeforeCommit_seesTheStatusAndAddsAField() {
        Backends.behave(answer(404, "not here"));

        Seen seen = see(get("/own/plain"));

        assertThat(seen.answer().status()).isEqualTo(404);
        assertThat(seen.answer().text()).isEqualTo("not here");
        assertThat(seen.received("X-Own-Commit")).singleElement().asString().startsWith("404");
    }

    @Test
    void globalFilter_thatSetsTheRequestUrl_decidesWhereTheRequestGoes() {
        Seen seen = see(get("/own/moved"));

        assertThat(seen.passed().first()).isEmpty();
        assertThat(seen.second()).extracting(Recorded::target).containsExactly("/own/moved/to");
        assertThat(seen.second().get(0).headers().all("Host")).containsExactly("127.0.0.1:" + Backends.SECOND.port());
    }

    @Test
    void webFilter_runsForRoutesAndWhereNoneMatches() {
        assertThat(see(get("/own/plain")).received("X-Own-Web")).containsExactly("web");
        assertThat(see(get("/own/unknown")).received("X-Own-Web")).containsExactly("web");
    }

    @Test
    void gatewayFilterFactory_byShortcut_runsInTheOrderOfTheRoute() {
        Seen seen = see(get("/own/filter"));

        assertThat(seen.sent("X-Stamp")).containsExactly("first", "second");
        assertThat(seen.received("X-Stamp")).containsExactly("second", "first");
    }

    @Test
    void gatewayFilterFactory_byArguments_runs() {
        assertThat(see(get("/own/filter-with-arguments")).sent("X-Stamp")).containsExactly("third");
    }

    @Test
    void gatewayFilter_thatAnswersItself_isTheAnswer() {
        Seen bare = see(get("/own/refused"));
        Seen withBody = see(get("/own/refused?body"));

        assertThat(List.of(bare, withBody)).allSatisfy(seen -> {
            assertThat(seen.answer().status()).isEqualTo(401);
            assertThat(seen.received("WWW-Authenticate")).containsExactly("Bearer");
            assertThat(seen.first()).isEmpty();
        });
        assertThat(bare.answer().text()).isEmpty();
        assertThat(withBody.answer().text()).isEqualTo("who are you");
    }

    @Test
    void gatewayFilter_thatThrowsAStatus_isAProblemWithThatStatus() {
        Seen seen = see(get("/own/thrown"));

        ProblemAssert.assertThat(seen.answer()).isProblem().hasStatus(409).hasDetail("taken");
        assertThat(seen.first()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"in front", "in place"})
    void errorHandler_ofTheApplication_answers(String which) {
        Seen seen = see(get("/own/error/" + which.replace(' ', '-')));

        assertThat(seen.answer().text()).isEqualTo("handled " + which);
        assertThat(seen.answer().status()).isEqualTo(423);
    }

    @Test
    void routePredicateFactory_decides() {
        assertThat(see(get("/own/predicate", "X-Tenant", "globex")).answer().status())
                .isEqualTo(200);
        assertThat(see(get("/own/predicate", "X-Tenant", "initech")).answer().status())
                .isEqualTo(404);
        assertThat(see(get("/own/predicate")).answer().status()).isEqualTo(404);
    }

    @Test
    void httpHeadersFilter_ofRequests_decidesWhatIsSent() {
        Seen seen = see(get("/own/plain", "X-Secret", "s", "X-Open", "o"));

        assertThat(seen.sent("X-Own-Headers")).containsExactly("request");
        assertThat(seen.sent("X-Secret")).isEmpty();
        assertThat(seen.sent("X-Open")).containsExactly("o");
        assertThat(seen.sent("X-Default-Filter")).containsExactly("applied");
    }

    @Test
    void httpHeadersFilter_ofRequests_leavesTheBodyAlone() {
        Seen seen = see(post("/own/plain", "a body"));

        assertThat(seen.sent("Content-Length")).containsExactly("6");
        assertThat(seen.request().body().text()).isEqualTo("a body");
    }

    @Test
    void httpHeadersFilter_ofResponses_decidesWhatIsReceived() {
        Backends.behave(answer(
                200, Headers.of("X-Secret", "s", "X-Open", "o", "Set-Cookie", "a=1", "Set-Cookie", "b=2"), "ok"));

        Seen seen = see(get("/own/plain"));

        assertThat(seen.received("X-Own-Headers")).containsExactly("response");
        assertThat(seen.received("X-Secret")).isEmpty();
        assertThat(seen.received("X-Open")).containsExactly("o");
        assertThat(seen.received("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(seen.answer().text()).isEqualTo("ok");
    }

    @Test
    void requestDecorator_withAnotherBodyAndNoLength_sendsThatBody() {
        Seen seen = see(post("/own/replaced-body", "as the client sent it"));

        assertThat(seen.passed().request().body().text()).isEqualTo("replaced");
        assertThat(seen.sent("Transfer-Encoding")).containsExactly("chunked");
    }

    @Test
    void responseDecorator_ofWriteWithAlone_changesABodyOfKnownLength() {
        Backends.behave(answer(200, "in small letters"));

        assertThat(see(get("/own/upper-case")).passed().answer().text()).isEqualTo("IN SMALL LETTERS");
    }

    @Test
    void responseDecorator_ofWriteWithAlone_changesAChunkedBody() {
        Backends.behave(chunked(List.of("in small ", "letters"), Duration.ofMillis(20)));

        assertThat(see(get("/own/upper-case")).passed().answer().text()).isEqualTo("IN SMALL LETTERS");
    }

    @Test
    void requestRateLimiter_withALimiterOfTheApplication_limitsByItsKey() {
        assertThat(see(get("/own/limited", "X-Client", "a")).received("X-RateLimit-Remaining"))
                .containsExactly("1");
        assertThat(see(get("/own/limited", "X-Client", "a")).answer().status()).isEqualTo(200);

        Seen third = see(get("/own/limited", "X-Client", "a"));

        assertThat(third.answer().status()).isEqualTo(429);
        assertThat(third.received("X-RateLimit-Remaining")).containsExactly("0");
        assertThat(third.first()).isEmpty();
        assertThat(see(get("/own/limited", "X-Client", "b")).answer().status()).isEqualTo(200);
        assertThat(see(get("/own/limited")).answer().status())
                .as("without a key")
                .isEqualTo(403);
    }

    @Test
    void routeDefinitionLocator_ofTheApplication_isAsked() {
        assertThat(see(get("/own/locator/x")).passed().request().path()).isEqualTo("/x");
    }

    private Seen see(Call call) {
        return Backends.see(call, port);
    }
}
