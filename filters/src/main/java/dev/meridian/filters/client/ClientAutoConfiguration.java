package dev.meridian.filters.client;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.definition.StrictBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.netty.http.server.ProxyProtocolSupportType;

/** {@link org.springframework.boot.autoconfigure.EnableAutoConfiguration Auto-configuration} of the client's address. */
@AutoConfiguration
public final class ClientAutoConfiguration {

    /** An existing configuration's own setting is believed as well. */
    private static final String STOCK = "spring.cloud.gateway.server.webflux.trusted-proxies";

    @Bean
    @ConditionalOnMissingBean
    ClientProperties meridianClientProperties(Environment environment) {
        return StrictBinder.bind(environment, "meridian", ClientProperties.class);
    }

    @Bean
    SettingsRoot clientSettingsRoot() {
        return SettingsRoot.of(ClientProperties.class);
    }

    @Bean
    @ConditionalOnMissingBean
    TrustedProxies meridianTrustedProxies(ClientProperties properties, Environment environment) {
        ConfigProblems problems = new ConfigProblems(environment);
        List<Cidr> blocks = new ArrayList<>();
        List<String> written = properties.clientAddress().trustedProxies();
        for (int i = 0; i < written.size(); i++) {
            Cidr block = Cidr.parse(written.get(i));
            if (block == null) {
                problems.add(
                        "meridian.client-address.trusted-proxies[" + i + "]",
                        written.get(i),
                        "an address or a CIDR block like 10.0.0.0/8 or fd00::/8");
            } else {
                blocks.add(block);
            }
        }
        Pattern pattern = pattern(environment.getProperty(STOCK), problems);
        problems.throwIfAny();
        return new TrustedProxies(blocks, pattern);
    }

    private static @Nullable Pattern pattern(@Nullable String regex, ConfigProblems problems) {
        if (regex == null || regex.isBlank()) {
            return null;
        }
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            problems.add(STOCK, regex, "a regular expression: " + e.getDescription());
            return null;
        }
    }

    @Bean
    ExchangeStartFilter meridianExchangeStartFilter(TrustedProxies trusted) {
        return new ExchangeStartFilter(trusted, System::nanoTime, new ThreadLocalGenerator());
    }

    @Bean
    @ConditionalOnMissingBean
    ClientExplainer meridianClientExplainer(TrustedProxies trusted) {
        return new ClientExplainer(trusted);
    }

    @Bean
    NettyServerCustomizer meridianClientAddressCustomizer(ClientProperties properties, TrustedProxies trusted) {
        return server -> {
            reactor.netty.http.server.HttpServer result =
                    switch (properties.clientAddress().proxyProtocol()) {
                        case OFF -> server;
                        case ON -> server.proxyProtocol(ProxyProtocolSupportType.ON);
                        case AUTO -> server.proxyProtocol(ProxyProtocolSupportType.AUTO);
                    };
            return trusted.isEmpty() ? result : result.forwarded(new ForwardedConnectionInfo(trusted));
        };
    }

    /** Ids need no secrecy, only spread; each event loop draws from its own generator. */
    private static final class ThreadLocalGenerator implements java.util.random.RandomGenerator {

        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    }
}
