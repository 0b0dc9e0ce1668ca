package dev.meridian.routes.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionsTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#{T(java.lang.Runtime).getRuntime().exec('id')}",
                "#{new String(T(org.springframework.util.StreamUtils).copyToByteArray(T(java.lang.Runtime)"
                        + ".getRuntime().exec(new String[]{\"id\"}).getInputStream()))}",
                "#{@environment.getPropertySources.?[#this.name matches '.*optional:classpath:.*'][0].source}",
                "#{@environment}",
                "#{@'environment'}",
                "#{@systemProperties}",
                "#{@systemEnvironment['PATH']}",
                "#{systemProperties}",
                "#{systemProperties['user.home']}",
                "#{@bean.method()}",
                "#{@bean.property}",
                "#{@bean[0]}",
                "#{@bean ?: 'x'}",
                "#{@a}#{@b}",
                "#{@a} #{T(java.lang.Runtime)}",
                "#{&bean}",
                "#{'text'}",
                "#{1 + 1}",
                "#{}",
                "#{@}",
                " #{@bean}",
                "\t\n #{T(java.lang.Runtime)}",
                "\u0000#{T(java.lang.Runtime)}",
                "#{T(java.lang.Runtime)} ",
                "#{ T(java.lang.Runtime) }",
                "#{@bean\n.method()}",
            })
    void isRefused_whatWouldBeEvaluated(String value) {
        assertThat(Expressions.isRefused(value)).isTrue();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "plain",
                "#{@bean}",
                "#{ @keyResolver }",
                "#{@'my.resolver'}",
                "/a/#{b}",
                "#[a]",
                "{#}",
                "#{1,3}x",
                "${name}",
                "a #{T(java.lang.Runtime)}"
            })
    void isRefused_neitherTextNorTheNameOfABean(String value) {
        assertThat(Expressions.isRefused(value)).isFalse();
    }
}
