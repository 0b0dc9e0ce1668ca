package dev.meridian.filters.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meridian.filters.ratelimit.RateLimitDefinition.OnMissingKey;
import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.routes.definition.ConfigProblem;
import dev.meridian.routes.definition.SettingsRoot;
import dev.meridian.routes.discovery.KnownServices;
import dev.meridian.routes.validate.ConfigValidator;
import dev.meridian.routes.validate.RouteFactories;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.http.HttpMethod;

class WrittenPoliciesTests {

    private static final String P = PolicyCompiler.PATH + ".p";
    private static final long SECOND = 1_000_000;

    /** In each line: what is written, where the problem is, the value that it tells, and part of the remedy. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                ".limit=0; .limit; 0; 1 to 1000000000",
                ".limit=-5; .limit; -5; 1 to 1000000000",
                ".limit=1000000001; .limit; 1000000001; 1 to 1000000000",
                ".window=999us; .window; PT0.000999S; 1ms to 31d",
                ".window=0s; .window; PT0S; 1ms to 31d",
                ".window=-1s; .window; PT-1S; 1ms to 31d",
                ".window=745h; .window; PT745H; 1ms to 31d",
                ".burst=20; .burst; 20; token-bucket",
                ".algorithm=token-bucket .burst=0; .burst; 0; 1 to 1000000000",
                ".algorithm=sliding-log .limit=10001; .limit; 10001; keeps the time of each request",
                ".ipv6-prefix=31; .ipv6-prefix; 31; 32 to 128",
                ".ipv6-prefix=129; .ipv6-prefix; 129; 32 to 128",
                ".max-keys=999; .max-keys; 999; 1000 to 10000000",
                ".cost=-1; .cost; -1; 0 or more",
                ".cost.post=-1; .cost.post; -1; 0 or more",
                ".cost.other=-1; .cost.other; -1; 0 or more",
                ".cost=11; .cost; 11; not more than may be taken at once, 10",
                ".cost.put=11; .cost.put; 11; else no such request ever passes",
                ".algorithm=token-bucket .burst=5 .cost.put=6; .cost.put; 6; at once, 5",
                ".refusal.status=399; .refusal.status; 399; 400 to 599",
                ".refusal.status=600; .refusal.status; 600; 400 to 599",
                ".refusal.content-type=nonsense; .refusal.content-type; nonsense; a media type",
                ".refusal.content-type=*/*; .refusal.content-type; */*; a media type",
                ".exempt.addresses=example.com; .exempt.addresses[0]; example.com; an address or a block",
                ".exempt.addresses=10.0.0.0/33; .exempt.addresses[0]; 10.0.0.0/33; an address or a block",
                ".exempt.headers.[a(b]=1; .exempt.headers.a(b; a(b; the name of a header",
                ".store=redis; .store; redis; spring.data.redis.host",
                ".sync-interval=100ms; .sync-interval; PT0.1S; in this process",
                ".overrides[0].limit=5; .overrides[0].key; []; one value",
                ".overrides[0].key=a,b .overrides[0].limit=5; .overrides[0].key; [a, b]; one value, as the policy's key is client-ip",
                ".overrides[0].key=joe .overrides[0].limit=5; .overrides[0].key; [joe]; no client is ever called joe",
                ".overrides[0].key=10.0.0.0/8; .overrides[0]; (nothing); limit, window, burst or limits",
                ".overrides[0].key=10.0.0.0/8 .overrides[0].limit=0; .overrides[0].limit; 0; 1 to 1000000000",
                ".overrides[0].key=2001:db8::1 .overrides[0].limit=5; .overrides[0].key; [2001:db8::1]; a block of /64 or larger",
                ".overrides[0].key=10.0.0.0/8 .overrides[0].limit=5 .cost=6; .overrides[0]; 5; at least 6 at once",
                ".exempt.addresses=10.0.0.0/8 .overrides[0].key=10.1.0.0/16 .overrides[0].limit=5; .overrides[0].key; [10.1.0.0/16]; not exempt",
                ".overrides[0].key=10.0.0.0/8 .overrides[0].limit=5 .overrides[1].key=10.1.0.0/16 .overrides[1].limit=6; .overrides[1].key; [10.1.0.0/16]; none of the overrides above fits",
                ".overrides[0].key=* .overrides[0].limit=5 .overrides[1].key=10.1.0.0/16 .overrides[1].limit=6; .overrides[1].key; [10.1.0.0/16]; none of the overrides above fits",
                ".key=path .overrides[0].key=orders .overrides[0].limit=5; .overrides[0].key; [orders]; begins with /"
            })
    void whatIsWrong_isToldWithItsPlaceItsValueAndARemedy(String lines, String place, String value, String remedy) {
        List<ConfigProblem> problems =
                Policies.tenASecond(lines.trim().split(" ")).problems();
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo(P + place);
            assertThat(problem.value()).hasToString(value);
            assertThat(problem.expected()).contains(remedy);
        });
    }

    @Test
    void limitAndWindow_areNeeded() {
        assertThat(Policies.of(".key=path").problems())
                .extracting(ConfigProblem::property)
                .containsExactly(P + ".limit", P + ".window");
        assertThat(Policies.of(".limits[0].limit=1", ".limits[1].window=1s").problems())
                .extracting(ConfigProblem::property)
                .containsExactly(P + ".limits[0].window", P + ".limits[1].limit");
    }

    @Test
    void limitAndLimits_excludeEachOther() {
        assertThat(Policies.tenASecond(".limits[0].limit=1", ".limits[0].window=1m")
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.expected()).contains("either limit and window, or limits"));
    }

    @Test
    void limits_haveAWindowOfTheirOwnEach_andAreEightAtMost() {
        assertThat(Policies.of(
                                ".limits[0].limit=1",
                                ".limits[0].window=60s",
                                ".limits[1].limit=5",
                                ".limits[1].window=1m")
                        .problems())
                .extracting(ConfigProblem::property)
                .containsExactly(P + ".limits[1].window");
        String[] nine = new String[18];
        for (int i = 0; i < 9; i++) {
            nine[2 * i] = ".limits[" + i + "].limit=10";
            nine[2 * i + 1] = ".limits[" + i + "].window=" + (i + 1) + "s";
        }
        assertThat(Policies.of(nine).problems())
                .extracting(ConfigProblem::value)
                .containsExactly("9 of them");
    }

    @ParameterizedTest
    @CsvSource({
        "100ms, sliding-window, 1s, true",
        "9ms, sliding-window, 1s, false",
        "10001ms, sliding-window, 1h, false",
        "501ms, sliding-window, 1s, false",
        "500ms, token-bucket, 1s, true",
        "100ms, sliding-log, 1s, false"
    })
    void syncInterval_withRedis(String interval, String algorithm, String window, boolean fine) {
        assertThat(Policies.of(
                                "spring.data.redis.host=redis.example.com",
                                ".limit=10",
                                ".window=" + window,
                                ".algorithm=" + algorithm,
                                ".sync-interval=" + interval)
                        .problems()
                        .isEmpty())
                .isEqualTo(fine);
    }

    @ParameterizedTest
    @CsvSource({
        "timeout=0ms, timeout, 1ms to 1s",
        "timeout=2s, timeout, 1ms to 1s",
        "heartbeat=10ms, heartbeat, 100ms to 10s",
        "key-prefix=a{b}, key-prefix, letters",
        "key-prefix=, key-prefix, letters"
    })
    void store(String line, String place, String remedy) {
        assertThat(Policies.tenASecond("meridian.rate-limit-store." + line).problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.property()).isEqualTo("meridian.rate-limit-store." + place);
                    assertThat(problem.expected()).contains(remedy);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\"b", "k\u00e9y", "a/b", "{a}", "a|b"})
    void name_thatIsNone_isRefused(String name) {
        String path = PolicyCompiler.PATH + ".[" + name + "]";
        assertThat(Policies.of(path + ".limit=1", path + ".window=1s").problems())
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.value()).isEqualTo(name);
                    assertThat(problem.expected()).contains("letters, digits, _ and -");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"per-client", "per_client", "PerClient", "9", "-"})
    void name_thatIsOne_staysAsItIsWritten(String name) {
        String path = PolicyCompiler.PATH + ".[" + name + "]";
        assertThat(Policies.of(path + ".limit=1", path + ".window=1s").all()).containsOnlyKeys(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RateLimit=per-clint", "RateLimit=per-client,per-clint", "RateLimit= per-clint "})
    void route_thatNamesAPolicyThatIsNotThere_isToldWhichOneIs(String filter) {
        for (String place : new String[] {".routes[0].filters[1]", ".default-filters[1]"}) {
            assertThat(referring(place, filter).problems()).singleElement().satisfies(problem -> {
                assertThat(problem.property()).endsWith(place);
                assertThat(problem.value()).isEqualTo("RateLimit=per-clint");
                assertThat(problem.expected()).contains("per-client, whole-api");
                assertThat(problem.suggestion()).isEqualTo("per-client");
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RateLimit=per-client", "RateLimit=per-client, whole-api", "StripPrefix=1"})
    void route_thatNamesWhatIsThere_isFine(String filter) {
        assertThat(referring(".routes[0].filters[1]", filter).problems()).isEmpty();
    }

    private static Policies referring(String place, String filter) {
        return Policies.of(
                PolicyCompiler.PATH + ".per-client.limit=1",
                PolicyCompiler.PATH + ".per-client.window=1s",
                PolicyCompiler.PATH + ".whole-api.limit=1",
                PolicyCompiler.PATH + ".whole-api.window=1s",
                Policies.ROUTES + "[0].id=orders",
                Policies.ROUTES + "[0].uri=http://10.0.0.1",
                Policies.ROUTES + "[0].predicates[0]=Path=/**",
                Policies.ROUTES + "[0].filters[0]=StripPrefix=1",
                "spring.cloud.gateway.server.webflux.default-filters[0]=StripPrefix=0",
                "spring.cloud.gateway.server.webflux" + place + "=" + filter);
    }

    @Test
    void route_withArgumentsByName() {
        String filter = Policies.ROUTES + "[0].filters[0]";
        assertThat(Policies.tenASecond(
                                Policies.ROUTES + "[0].uri=http://10.0.0.1",
                                Policies.ROUTES + "[0].predicates[0]=Path=/**",
                                filter + ".name=RateLimit",
                                filter + ".args.policies=p,q")
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.value()).isEqualTo("RateLimit=q"));
    }

    @Test
    void theLeast_thatCanBeWritten() {
        Policy policy = Policies.policy();
        assertThat(policy.limits().rates()).containsExactly(new Rate(10, SECOND));
        assertThat(policy.limits().algorithm()).isEqualTo(Algorithm.SLIDING_WINDOW);
        assertThat(policy.definition().key()).hasToString("[client-ip]");
        assertThat(policy.definition().cost().of(HttpMethod.POST)).isEqualTo(1);
        assertThat(policy.definition().onMissingKey()).isEqualTo(OnMissingKey.CLIENT_IP);
        assertThat(policy.definition().refusal().status()).isEqualTo(429);
        assertThat(policy.privacy()).isFalse();
        assertThat(policy.shared()).isFalse();
        assertThat(policy.limits().fieldMembers()).isEqualTo("\"p\";q=10;w=1");
    }

    @Test
    void cost_isANumber_orOneForEachMethod() {
        assertThat(Policies.policy(".cost=3").definition().cost().of(HttpMethod.GET))
                .isEqualTo(3);
        CostDefinition byMethod =
                Policies.policy(".cost.post=5", ".cost.other=0").definition().cost();
        assertThat(byMethod.of(HttpMethod.POST)).isEqualTo(5);
        assertThat(byMethod.of(HttpMethod.GET)).isZero();
        assertThat(Policies.policy(".cost.post=5").definition().cost().of(HttpMethod.GET))
                .isEqualTo(1);
    }

    @Test
    void key_isOne_orAList() {
        assertThat(Policies.policy(".key=header:X-Key").definition().key()).hasToString("[header:X-Key]");
        assertThat(Policies.policy(".key=route,header:X-Key").definition().key())
                .hasToString("[route, header:X-Key]");
        assertThat(Policies.policy(".key[0]=route", ".key[1]=cookie:sid")
                        .definition()
                        .key())
                .hasToString("[route, cookie:sid]");
    }

    @Test
    void override_keepsWhatItDoesNotSay() {
        Policy policy = Policies.policy(
                ".algorithm=token-bucket",
                ".burst=50",
                ".overrides[0].key=10.1.0.0/16",
                ".overrides[0].limit=100",
                ".overrides[1].key=10.2.0.0/16",
                ".overrides[1].window=1m",
                ".overrides[2].key=10.3.0.0/16",
                ".overrides[2].burst=70",
                ".overrides[3].key=10.4.0.0/16",
                ".overrides[3].limits[0].limit=1",
                ".overrides[3].limits[0].window=2s");
        assertThat(policy.overrides())
                .extracting(each -> each.limits().rates().get(0))
                .containsExactly(
                        new Rate(100, SECOND, 50),
                        new Rate(10, 60 * SECOND, 50),
                        new Rate(10, SECOND, 70),
                        new Rate(1, 2 * SECOND));
        Policy noBurst =
                Policies.policy(".algorithm=token-bucket", ".overrides[0].key=10.1.0.0/16", ".overrides[0].limit=100");
        assertThat(noBurst.overrides().get(0).limits().rates()).containsExactly(new Rate(100, SECOND));
    }

    @Test
    void override_ofSeveralLimits() {
        Policy policy = Policies.of(
                        ".limits[0].limit=10",
                        ".limits[0].window=1s",
                        ".limits[1].limit=1000",
                        ".limits[1].window=1h",
                        ".overrides[0].key=10.1.0.0/16",
                        ".overrides[0].limit=5",
                        ".overrides[0].window=1s")
                .only();
        assertThat(policy.limits().fieldMembers()).isEqualTo("\"p.1\";q=10;w=1, \"p.2\";q=1000;w=3600");
        assertThat(policy.overrides().get(0).limits().rates()).containsExactly(new Rate(5, SECOND));
    }

    @Test
    void refusalAndExempt_bind() {
        Policy policy = Policies.policy(
                ".refusal.status=420",
                ".refusal.body={\"calm\": true}",
                ".refusal.content-type=application/json",
                ".exempt.addresses[0]=10.0.0.0/8",
                ".exempt.headers.X-Internal=yes");
        assertThat(policy.definition().refusal())
                .isEqualTo(new RefusalDefinition(420, "{\"calm\": true}", "application/json"));
        assertThat(policy.exempt()).hasToString("[10.0.0.0/8]");
        assertThat(policy.definition().exempt().headers()).containsEntry("X-Internal", List.of("yes"));
    }

    @Test
    void windowOfOtherThanWholeSeconds_isNotToldOf() {
        assertThat(Policies.of(".limit=10", ".window=1500ms").only().limits().fieldMembers())
                .isEqualTo("\"p\";q=10");
    }

    /** What the check of all keys says to it, before anything is bound. */
    private static List<ConfigProblem> keyProblems(String... lines) {
        return keyProblems(Policies.tenASecond(lines).environment());
    }

    private static List<ConfigProblem> keyProblems(Environment environment) {
        ConfigurationService binder = new ConfigurationService(
                new DefaultListableBeanFactory(), () -> new DefaultConversionService(), () -> null);
        return new ConfigValidator(
                        List.of(SettingsRoot.of(RateLimitRoot.class)),
                        new RouteFactories(Map.of(), Map.of(), binder),
                        new KnownServices(false))
                .validate(environment)
                .wrong();
    }

    @Test
    void keyCheck_knowsAllThatMayBeWritten() {
        assertThat(keyProblems(
                        ".cost=2",
                        ".key=client-ip",
                        ".overrides[0].key=10.0.0.0/8",
                        ".overrides[0].limit=5",
                        ".refusal.body=no",
                        ".privacy=true",
                        "meridian.rate-limit-store.timeout=10ms"))
                .isEmpty();
        assertThat(keyProblems(
                        ".cost.post=2",
                        ".cost.other=1",
                        ".key[0]=client-ip",
                        ".key[1]=header:X-Key",
                        ".overrides[0].key[0]=10.0.0.0/8",
                        ".overrides[0].key[1]=gold",
                        ".overrides[0].limits[0].limit=5",
                        ".overrides[0].limits[0].window=1m",
                        ".exempt.addresses[0]=10.0.0.0/8",
                        ".exempt.headers.X-Internal[0]=yes"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                ".algorithm=sliding-windw; .algorithm; sliding-window",
                ".on-missing-key=refuse; .on-missing-key; client-ip",
                ".on-store-failure=none; .on-store-failure; allow",
                ".store=disk; .store; redis",
                ".key=ip; .key; header:NAME",
                ".cost=many; .cost; {post: 5, other: 1}",
                ".cost.post=x; .cost.post; number",
                ".cost.purge=1; .cost.purge; options",
                ".lmit=5; .lmit; limit",
                ".overrides[0].limt=5; .overrides[0].limt; limit",
                ".shadow=maybe; .shadow; true",
                ".window=soon; .window; a duration like 500ms"
            })
    void keyCheck_tellsOfWhatNobodyReads_andOfValuesOfTheWrongType(String line, String place, String remedy) {
        StandardEnvironment environment = new StandardEnvironment();
        String key = line.substring(0, line.indexOf('='));
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of(P + key, line.substring(line.indexOf('=') + 1))));
        assertThat(keyProblems(environment)).singleElement().satisfies(problem -> {
            assertThat(problem.property()).isEqualTo(P + place);
            assertThat(problem.expected()).contains(remedy);
        });
    }
}
