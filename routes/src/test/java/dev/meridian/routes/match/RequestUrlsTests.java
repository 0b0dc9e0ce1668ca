package dev.meridian.routes.match;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestUrlsTests {

    @ParameterizedTest
    @CsvSource({
        "http://client/a/b,           http://up:80/a/b",
        "http://client:99/a?x=1&y=2,  http://up:80/a?x=1&y=2",
        "http://client/?,             http://up:80/?",
        "http://client,               http://up:80",
        "http://client?x,             http://up:80?x",
        "http://client/a%2Fb%20c?q=%26%3D+, http://up:80/a%2Fb%20c?q=%26%3D+",
        "http://client//other.host/a, http://up:80//other.host/a",
        "'http://client/a;m=1,2/@b',  'http://up:80/a;m=1,2/@b'",
        "http://client/a#fragment,    http://up:80/a",
    })
    void join_takesPathAndQueryOverAsTheyStand(String request, String expected) {
        URI joined = RequestUrls.join("http://up:80", URI.create(request));

        assertThat(joined).hasToString(expected).hasAuthority("up:80");
    }
}
