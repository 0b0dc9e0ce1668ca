package dev.meridian.routes.regex;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.regex.Backtracking.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacktrackingTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a+)+)+b",
                "(a+)+?b",
                "(a+)+\\1b",
                "(a+){1,30}b",
                "/api/(?<x>([a-z]+)+?)/y",
                "(?:[\\w-]+ ?){2,}?!",
                "x|(\\d+)+?y",
                "(([0-9])+.?)+?[A-Z]"
            })
    void exponentialInJava(String expression) {
        assertThat(Backtracking.ofMatch(expression)).isEqualTo(Verdict.EXPONENTIAL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(.*)*x",
                "(a|a)*b",
                "(a|aa)+$",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "(\\w|\\d)*!",
                "(\\w+\\s?)*$",
                "/x/(a+)+b",
                "(x+x+)+y",
                "([^/]+/?)+x"
            })
    void exponentialInMostEngines(String expression) {
        assertThat(Backtracking.ofMatch(expression)).isNotEqualTo(Verdict.HARMLESS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/(?<segment>.*)",
                "(/[^/]+)+",
                "[^/]+",
                "\\d{4}-\\d{2}",
                "(a+)++b",
                "(?>a+)+b",
                "(?>(a|aa)+)b",
                "(?:[a-z]+-)*[a-z]+",
                "(.*)/(.*)/(.*)",
                ".*a.*b.*c",
                "(a|b)*c",
                "([a-z]\\d)+x",
                "(?:/[^/]+){0,20}",
                "(foo|bar|baz)+",
                "(",
                "(\\d{1,3}\\.){3}\\d{1,3}",
                "^([\\w.-]+)@([\\w-]+\\.)+[a-z]{2,}$",
                "(?<v>v\\d+)/(?<rest>.*)",
                "^(?:https?://)?(?:[\\w-]+\\.)*example\\.com(?:/.*)?$",
                "(\\Q.\\E)+",
                "[]a]+)*"
            })
    void harmless(String expression) {
        assertThat(Backtracking.ofMatch(expression)).isEqualTo(Verdict.HARMLESS);
    }

    @Test
    void ofSearch_nothingMustFollow_isHarmless() {
        assertThat(Backtracking.ofSearch("((a+)+)+")).isEqualTo(Verdict.HARMLESS);
        assertThat(Backtracking.ofSearch("((a+)+)+b")).isEqualTo(Verdict.EXPONENTIAL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "/a/{id:\\d+}/{x:((a+)+)+b} EXPONENTIAL",
                "/a/{id:(a{1,3}|b)+?c} EXPONENTIAL",
                "**.{x:(a+)+}.org FRAGILE",
                "/a/{id:(?:[a-z]+-)*[a-z]+}/** HARMLESS",
                "/a/{id}/(x)+ HARMLESS",
                "/a/{id:( HARMLESS"
            })
    void ofVariables_theWorst(String pattern, Verdict verdict) {
        assertThat(Backtracking.ofVariables(pattern)).isEqualTo(verdict);
    }

    @Test
    void manyHarmlessOnes_costLittle() {
        long from = System.nanoTime();
        for (int i = 0; i < 100_000; i++) {
            Backtracking.ofSearch("/api/v" + i + "/(?<segment>.*)");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(2));
    }
}
