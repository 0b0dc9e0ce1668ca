package dev.meridian.filters.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "connection",
                "CONNECTION",
                "Keep-Alive",
                "Proxy-Connection",
                "Proxy-Authenticate",
                "Proxy-Authorization",
                "TE",
                "te",
                "Transfer-Encoding",
                "Upgrade",
                "X-Application-Context",
            })
    void isHopByHop_fieldsOfOneConnection(String name) {
        assertThat(HopByHop.isHopByHop(name)).isTrue();
        assertThat(HopByHop.isHopByHop(new StringBuilder(name))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length",
                "Content-Encoding",
                "Accept",
                "Trailer",
                "Via",
                "Host",
                "ET",
                "Date",
                "connectiom",
                "keep_alive",
                "Upgrades",
                "Transfer-Encodin",
                "",
            })
    void isHopByHop_anyOtherField_isNot(String name) {
        assertThat(HopByHop.isHopByHop(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Via",
                "HOST",
                "expect",
                "Trailer",
                "Forwarded",
                "Traceparent",
                "Content-Length",
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "X-Forwarded-Port",
                "x-forwarded-proto",
                "X-Forwarded-Prefix",
            })
    void isRewritten_fieldsThatTheGatewayWrites(String name) {
        assertThat(HopByHop.isRewritten(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Tracestate", "X-Forwarded-Foo", "X-Real-IP", "Authorization", "Cookie", "Origin", "x"})
    void isRewritten_anyOtherField_isNot(String name) {
        assertThat(HopByHop.isRewritten(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "keep-alive                 >",
                "Keep-Alive                 >",
                "close                      >",
                "X-One                      > x-one",
                "close, X-One               > close x-one",
                "keep-alive, X-One ,x-two   > keep-alive x-one x-two",
                "X-One | X-Two              > x-one x-two",
                "X-One | close              > x-one close",
                "keep-alive | X-One         > keep-alive x-one",
                "close | X-One              > close x-one",
            })
    void listed_connection_namesWhatEndsHere(String lines, @Nullable String expected) {
        HttpHeaders headers = new DefaultHttpHeaders();
        Arrays.stream(lines.split("\\|")).forEach(line -> headers.add("Connection", line.strip()));

        Set<String> listed = HopByHop.listed(headers);

        Set<String> names = expected == null ? Set.of() : Set.of(expected.split(" "));
        assertThat(listed).containsAll(names);
        assertThat(names).containsAll(listed);
    }

    @org.junit.jupiter.api.Test
    void listed_noConnection_isEmpty() {
        assertThat(HopByHop.listed(new DefaultHttpHeaders())).isEmpty();
    }
}
