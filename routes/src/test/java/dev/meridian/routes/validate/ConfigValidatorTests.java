package dev.meridian.routes.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.routes.definition.ConfigProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.web.context.reactive.AnnotationConfigReactiveWebApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.ByteArrayResource;

class ConfigValidatorTests {

    private static final String ROUTES = "spring.cloud.gateway.server.webflux.routes";
    private static final String SOUND = """
            spring.cloud.gateway.server.webflux:
              default-filters: ["AddResponseHeader=A,b"]
              httpclient: {connect-timeout: 500, pool: {max-connections: 5}}
              globalcors.cors-configurations: {'[/**]': {allowedOrigins: '*'}}
              filter.secure-headers.enabled: true
              routes:
                - id: orders
                  uri: lb://orders
                  predicates: [Path=/orders/**, "Header=X, [a-z]+"]
                  filters: [StripPrefix=1, {name: SetPath, args: {template: /x}}]
                  metadata: {connect-timeout: 5, any: {thing: 1}}
                - {id: ws, uri: "lb:ws://orders", order: 5, predicates: [Path=/ws]}
                - {uri: "http://a:1", predicates: [Path=/one]}
                - {uri: "http://a:1", predicates: [Path=/two]}
            meridian:
              region: eu
              upstreams:
                orders: {endpoints: ["http://a:1", {uri: "http://b:1", weight: 2, metadata: {a.b: c}}], timeout: {connect: 2s}}
                none: {regions: {eu: {endpoints: []}, us: {endpoints: "http://a:1,http://b:1"}}, discovery: {service: x}}
            """;

    private static ConfigurableApplicationContext context;

    @BeforeAll
    static void start() {
        SpringApplication application = new SpringApplication(Gateway.class);
        application.setWebApplicationType(WebApplicationType.REACTIVE);
        application.setApplicationContextFactory(type -> new AnnotationConfigReactiveWebApplicationContext());
        context = application.run("--spring.main.banner-mode=off");
    }

    @AfterAll
    static void close() {
        context.close();
    }

    @Test
    void sound_hasNothingToTell() {
        Validation found = validate(
                SOUND.replace("regions: {eu: {endpoints: []}, us: {endpoints: \"http://a:1,http://b:1\"}}, ", ""));

        assertThat(found.wrong()).isEmpty();
        assertThat(found.warnings()).isEmpty();
        assertThat(found.isValid()).isTrue();
    }

    @Test
    void everything_isToldAtOnce_withItsPlace() {
        Validation found = validate("""
                meridian:
                  upstreams:
                    orders: {balence: hash, endpoints: ["ftp://x"]}
                spring.cloud.gateway.server.webflux:
                  htpclient: {a: 1}
                  routes:
                    - {id: a, uri: "lb://ordrs", predicates: [Pth=/a], filters: [StripPrefx=1]}
                    - {id: a, uri: "http://a:1", predicates: ["Method=GET"], fliters: []}
                """);

        assertThat(found.wrong())
                .extracting(ConfigProblem::property)
                .containsExactlyInAnyOrder(
                        "meridian.upstreams.orders.balence",
                        "meridian.upstreams.orders.endpoints[0]",
                        "spring.cloud.gateway.server.webflux.htpclient",
                        ROUTES + "[0].uri",
                        ROUTES + "[0].predicates[0]",
                        ROUTES + "[0].filters[0]",
                        ROUTES + "[1].id",
                        ROUTES + "[1].fliters");
        assertThat(found.wrong())
                .extracting(ConfigProblem::suggestion)
                .contains("balance", "httpclient", "orders", "Path", "StripPrefix", "filters");
        assertThat(found.wrong())
                .allSatisfy(
                        problem -> assertThat(String.valueOf(problem.origin())).containsPattern("\\d+:\\d+"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "balance: hsh                         | balance                  | one of round-robin, random",
                "timeout: {connect: fast}             | timeout.connect          | a duration like 500ms",
                "zone-preference: perhaps             | zone-preference          | true or false",
                "pool: {max-connections: many}        | pool.max-connections     | a whole number",
                "panic-threshold: 0.5                 | panic-threshold          | 0% to 100%, as in 50%",
                "hash-on: cookie                      | hash-on                  | client-ip, path, header:NAME",
                "timeout: 5s                          | timeout                  | settings below it: connect, tls, response, idle, total",
                "balance: {a: 1}                      | balance                  | with nothing below it",
                "regions: eu                          | regions                  | names with settings below each",
                "health-check: {path: '${UNSET_NAME}'}| health-check.path        | nothing sets ${UNSET_NAME}",
                "retry: {attempts: 99}                | retry.attempts           | 0 to 10",
                "health-check: {path: x}              | health-check.path        | a path like /healthz",
            })
    void upstream_wrongValue_saysWhatWouldBeRight(String written, String property, String expected) {
        Validation found = validate("meridian.upstreams.orders: {endpoints: ['http://a:1'], " + written + "}");

        assertThat(found.wrong()).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo("meridian.upstreams.orders." + property);
            assertThat(problem.expected()).contains(expected);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Path=/a/{id                | predicate | Expected close capture",
                "After=yesterday            | predicate | a time like 2026",
                "'Query=a,['                | predicate | a regular expression in regexp: Unclosed character class",
                "StripPrefix=one            | filter    | a number, which",
                "'RewritePath=/a(,/b'       | filter    | a regular expression in regexp: Unclosed group",
                "SetStatus=odd              | filter    | which ODD is not",
                "Path                       | predicate | NAME=ARGUMENTS",
            })
    void arguments_thatDoNotBind(String written, String kind, String expected) {
        boolean predicate = kind.equals("predicate");
        Validation found =
                validate(route(predicate ? "\"" + written + "\"" : "Path=/a", predicate ? "" : "\"" + written + "\""));

        assertThat(found.wrong()).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo(ROUTES + "[0]." + kind + "s[0]");
            assertThat(problem.expected()).contains(expected);
        });
    }

    @Test
    void expressions_areRefusedWhereTheyStand() {
        Validation found = validate("""
                spring.cloud.gateway.server.webflux:
                  default-filters: ["AddResponseHeader=A, #{@environment.activeProfiles}"]
                  routes:
                    - id: a
                      uri: http://a:1
                      predicates: ["Path=/a,#{systemProperties}"]
                      filters: [{name: SetPath, args: {template: "#{T(java.lang.Runtime)}"}}]
                      metadata: {note: "#{1 + 1}"}
                """);

        assertThat(found.wrong())
                .extracting(ConfigProblem::property)
                .containsExactlyInAnyOrder(
                        "spring.cloud.gateway.server.webflux.default-filters[0]",
                        ROUTES + "[0].predicates[0]",
                        ROUTES + "[0].filters[0].args.template");
        assertThat(found.wrong())
                .allSatisfy(problem -> assertThat(problem.expected()).contains("no expression is evaluated"));
    }

    @Test
    void regularExpressions_thatNeverEnd_areRefused() {
        Validation found = validate(
                route(
                        "'Path=/{x:((a+)+)+b}', 'Header=X, (a+)+?b', 'Cookie=X, (a|aa)+'",
                        "'RewritePath=/(([a-z]+)+)+x, /y', {name: RewriteResponseHeader, args: {name: A, regexp: '(a+)+?b', replacement: c}}"));

        assertThat(found.wrong())
                .extracting(ConfigProblem::property)
                .containsExactlyInAnyOrder(
                        ROUTES + "[0].predicates[0]",
                        ROUTES + "[0].predicates[1]",
                        ROUTES + "[0].filters[0]",
                        ROUTES + "[0].filters[1].args.regexp");
        assertThat(found.warnings()).extracting(ConfigProblem::property).containsExactly(ROUTES + "[0].predicates[2]");
    }

    @Test
    void arguments_thatNobodyReads_areWarnedOf() {
        Validation found =
                validate(route("Path=/a", "\"StripPrefix=1,2\", {name: SetPath, args: {template: /x, templete: /y}}"));

        assertThat(found.wrong()).isEmpty();
        assertThat(found.warnings())
                .extracting(ConfigProblem::property)
                .containsExactly(ROUTES + "[0].filters[0]", ROUTES + "[0].filters[1].args.templete");
        assertThat(found.warnings().get(1).suggestion()).isEqualTo("template");
    }

    @Test
    void route_withoutPredicatesOrUri() {
        assertThat(validate(ROUTES + ": [{id: a}]").wrong())
                .extracting(ConfigProblem::property)
                .containsExactlyInAnyOrder(ROUTES + "[0].uri", ROUTES + "[0].predicates");
    }

    @ParameterizedTest
    @CsvSource({"http://${UNSET_NAME}:1, nothing sets ${UNSET_NAME}", "http://my_host:1, a valid name of a host"})
    void route_uriWithoutAHost(String uri, String expected) {
        Validation found = validate(route("Path=/a", "").replace("http://a:1", uri));
        assertThat(found.wrong()).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo(ROUTES + "[0].uri");
            assertThat(problem.expected()).contains(expected);
        });
    }

    @Test
    void route_shadowed_isWarnedOf() {
        Validation found = validate("""
                spring.cloud.gateway.server.webflux.routes:
                  - {id: narrow, uri: "http://a:1", predicates: [Path=/a/b], order: 1}
                  - {id: wide, uri: "http://a:1", predicates: [Path=/a/**]}
                  - {id: off, enabled: false, uri: "http://a:1", predicates: [Path=/**]}
                  - {id: free, uri: "http://a:1", predicates: [Path=/b]}
                """);

        assertThat(found.wrong()).isEmpty();
        assertThat(found.warnings()).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo(ROUTES + "[0]");
            assertThat(problem.expected()).contains("route wide (routes[1]) comes before it");
        });
    }

    @Test
    void service_thatIsListedForDiscovery_isKnown() {
        assertThat(validate(route("Path=/a", "").replace("http://a:1", "lb://svc")
                                + "\nspring.cloud.discovery.client.simple.instances.svc: [{uri: 'http://a:1'}]")
                        .errors())
                .isEmpty();
    }

    @Test
    void whatStockStartsWithAllTheSame_isOnlyTolerated() {
        Validation found = validate("""
                spring.cloud.gateway.server.webflux:
                  htpclient: {a: 1}
                  routes:
                    - {id: a, uri: "http://a:1", predicates: [Path=/a]}
                    - {id: a, uri: "http://a_b:1", predicates: [Path=/b], fliters: []}
                    - {id: off, enabled: false, uri: "http://a:1", predicates: [Pth=/c]}
                """);

        assertThat(found.errors()).isEmpty();
        assertThat(found.isValid()).isFalse();
        assertThat(found.tolerated()).hasSize(5);
    }

    @Test
    void madeRoutes_areComparedAndNotMadeAgain() {
        StandardEnvironment environment = environment("""
                spring.cloud.gateway.server.webflux.routes:
                  - {id: wide, uri: "http://a:1", predicates: ["Path=/a/**"], filters: [SetStatus=none]}
                  - {id: narrow, uri: "lb://nobody", predicates: [Path=/a/b, Method=GET], filters: ["StripPrefix=1,2"]}
                """);
        Validation found = context.getBean(ConfigValidator.class)
                .validate(environment, ConfigValidator.stock(environment), route -> Known.CHECKED);

        assertThat(found.tolerated()).extracting(ConfigProblem::property).containsExactly(ROUTES + "[1].uri");
        assertThat(found.errors()).isEmpty();
        assertThat(found.warnings())
                .extracting(ConfigProblem::property)
                .containsExactly(ROUTES + "[1].filters[0]", ROUTES + "[1]");
    }

    @Test
    void madeRoutes_areLookedThroughForWhatNobodyLookedAtYet() {
        StandardEnvironment environment = environment("""
                spring.cloud.gateway.server.webflux.routes:
                  - {id: a, uri: "http://a:1", predicates: [Path=/a], filters: ["RewritePath=/(,/b"]}
                """);
        Validation found = context.getBean(ConfigValidator.class)
                .validate(environment, ConfigValidator.stock(environment), route -> Known.MADE);

        assertThat(found.errors()).extracting(ConfigProblem::property).containsExactly(ROUTES + "[0].filters[0]");
    }

    @Test
    void routes_whereTheyStoodFormerly_areToldOf() {
        assertThat(validate("spring.cloud.gateway.routes: [{id: a, uri: 'http://a:1', predicates: [Path=/a]}]")
                        .wrong())
                .singleElement()
                .satisfies(problem -> assertThat(problem.suggestion()).isEqualTo(ROUTES));
    }

    @Test
    void secret_isNotShown() {
        assertThat(validate("spring.cloud.gateway.server.webflux.httpclient.ssl: {key-password: {a: b}}")
                        .wrong()
                        .toString())
                .doesNotContain("b)");
    }

    private static String route(String predicate, String filters) {
        return ROUTES + ": [{id: a, uri: 'http://a:1', predicates: [" + predicate + "], filters: [" + filters + "]}]";
    }

    private static Validation validate(String yaml) {
        return context.getBean(ConfigValidator.class).validate(environment(yaml));
    }

    private static StandardEnvironment environment(String yaml) {
        StandardEnvironment environment = new StandardEnvironment();
        try {
            List<org.springframework.core.env.PropertySource<?>> sources = new YamlPropertySourceLoader()
                    .load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "test.yml"));
            sources.forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ConfigurationPropertySources.attach(environment);
        return environment;
    }

    @EnableAutoConfiguration
    static class Gateway {}
}
