package dev.meridian.filters.ratelimit;

import dev.meridian.filters.client.Cidr;
import dev.meridian.filters.ratelimit.RateLimitDefinition.StoreKind;
import dev.meridian.filters.ratelimit.quota.Algorithm;
import dev.meridian.filters.ratelimit.quota.Rate;
import dev.meridian.routes.definition.ConfigProblems;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Makes policies of what is written, and notes what is wrong with it. */
final class PolicyCompiler {

    static final String PATH = "meridian.rate-limits";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final long MAX_LIMIT = 1_000_000_000;
    private static final long MAX_LOG = 10_000;
    private static final Duration MIN_WINDOW = Duration.ofMillis(1);
    private static final Duration MAX_WINDOW = Duration.ofDays(31);
    private static final Duration MIN_SYNC = Duration.ofMillis(10);
    private static final Duration MAX_SYNC = Duration.ofSeconds(10);
    private static final int MAX_RATES = 8;
    private static final int MIN_KEYS = 1000;
    private static final int MAX_KEYS = 10_000_000;

    private final boolean redis;
    private final ConfigProblems problems;

    /** @param redis whether a Redis is set up */
    PolicyCompiler(boolean redis, ConfigProblems problems) {
        this.redis = redis;
        this.problems = problems;
    }

    /** By name. Those in which something is wrong are among them, as far as they make sense. */
    Map<String, Policy> compile(Map<String, RateLimitDefinition> definitions) {
        Map<String, Policy> policies = new LinkedHashMap<>();
        definitions.forEach((name, definition) -> policies.put(name, policy(name, definition)));
        return policies;
    }

    private Policy policy(String name, RateLimitDefinition written) {
        String path = PATH + "." + name;
        problems.require(
                NAME.matcher(name).matches(),
                path,
                name,
                "a name of letters, digits, _ and -, of 64 characters at most");
        List<Rate> rates = rates(path, written);
        Limits limits = new Limits(name, written.algorithm(), rates);
        check(path, written, limits);
        List<Cidr> exempt = exempt(path + ".exempt", written.exempt());
        boolean personal =
                written.key().stream().anyMatch(source -> source.kind().isPersonal());
        return new Policy(
                name,
                written,
                limits,
                overrides(path, name, written, rates, exempt),
                exempt,
                written.privacy() == null ? personal : written.privacy(),
                written.store() == null ? redis : written.store() == StoreKind.REDIS);
    }

    private void check(String path, RateLimitDefinition written, Limits limits) {
        problems.require(
                written.store() != StoreKind.REDIS || redis,
                path + ".store",
                "redis",
                "local, as no Redis is set up: spring.data.redis.host, .url, .sentinel or .cluster does that");
        problems.require(!written.key().isEmpty(), path + ".key", "(nothing)", "at least one, as in client-ip");
        problems.require(
                written.ipv6Prefix() >= 32 && written.ipv6Prefix() <= 128,
                path + ".ipv6-prefix",
                written.ipv6Prefix(),
                "32 to 128");
        problems.require(
                written.maxKeys() >= MIN_KEYS && written.maxKeys() <= MAX_KEYS,
                path + ".max-keys",
                written.maxKeys(),
                MIN_KEYS + " to " + MAX_KEYS);
        cost(path + ".cost", written.cost(), limits);
        refusal(path + ".refusal", written.refusal());
        sync(path + ".sync-interval", written, limits);
    }

    private void cost(String path, CostDefinition cost, Limits limits) {
        Map<String, @Nullable Integer> costs = new LinkedHashMap<>();
        costs.put("get", cost.get());
        costs.put("head", cost.head());
        costs.put("post", cost.post());
        costs.put("put", cost.put());
        costs.put("patch", cost.patch());
        costs.put("delete", cost.delete());
        costs.put("options", cost.options());
        costs.put("other", cost.other());
        costs.forEach((method, units) -> {
            if (units == null) {
                return;
            }
            boolean forAll = method.equals("other") && !problems.isWritten(path + ".other");
            String where = forAll ? path : path + "." + method;
            problems.require(units >= 0, where, units, "0 or more");
            problems.require(
                    units <= limits.most(),
                    where,
                    units,
                    "not more than may be taken at once, " + limits.most() + ", else no such request ever passes");
        });
    }

    private void refusal(String path, RefusalDefinition refusal) {
        problems.require(
                refusal.status() >= 400 && refusal.status() <= 599, path + ".status", refusal.status(), "400 to 599");
        problems.require(
                isConcrete(refusal.contentType()),
                path + ".content-type",
                refusal.contentType(),
                "a media type, as in application/json");
    }

    private static boolean isConcrete(String type) {
        try {
            return MediaType.parseMediaType(type).isConcrete();
        } catch (InvalidMediaTypeException e) {
            return false;
        }
    }

    private void sync(String path, RateLimitDefinition written, Limits limits) {
        Duration sync = written.syncInterval();
        if (sync.isZero()) {
            return;
        }
        long shortest =
                limits.rates().stream().mapToLong(Rate::windowMicros).min().orElse(0);
        problems.require(
                sync.compareTo(MIN_SYNC) >= 0 && sync.compareTo(MAX_SYNC) <= 0,
                path,
                sync,
                "10ms to 10s, or 0s to ask Redis for each request");
        problems.require(
                TimeUnit.NANOSECONDS.toMicros(sync.toNanos()) * 2 <= shortest,
                path,
                sync,
                "at most half of the shortest window");
        problems.require(
                written.algorithm() != Algorithm.SLIDING_LOG,
                path,
                sync,
                "0s with algorithm: sliding-log, which is exact only where each request is counted when it comes");
        problems.require(
                redis && written.store() != StoreKind.LOCAL,
                path,
                sync,
                "0s where limits are counted in this process: there is nothing to fetch");
    }

    private List<Rate> rates(String path, RateLimitDefinition written) {
        return rates(path, written.algorithm(), written.limit(), written.window(), written.burst(), written.limits());
    }

    private List<Rate> rates(
            String path,
            Algorithm algorithm,
            @Nullable Long limit,
            @Nullable Duration window,
            @Nullable Long burst,
            List<RateDefinition> several) {
        if (several.isEmpty()) {
            return List.of(rate(path, algorithm, limit, window, burst));
        }
        problems.require(
                limit == null && window == null && burst == null,
                path,
                "limit or window, and limits",
                "either limit and window, or limits");
        problems.require(
                several.size() <= MAX_RATES, path + ".limits", several.size() + " of them", MAX_RATES + " at most");
        List<Rate> rates = new ArrayList<>();
        Set<Long> windows = new HashSet<>();
        for (int i = 0; i < several.size(); i++) {
            RateDefinition each = several.get(i);
            String place = path + ".limits[" + i + "]";
            Rate rate = rate(place, algorithm, each.limit(), each.window(), each.burst());
            problems.require(
                    each.window() == null || windows.add(rate.windowMicros()),
                    place + ".window",
                    each.window(),
                    "a window of its own for each");
            rates.add(rate);
        }
        return rates;
    }

    private Rate rate(
            String path, Algorithm algorithm, @Nullable Long limit, @Nullable Duration window, @Nullable Long burst) {
        long most = algorithm == Algorithm.SLIDING_LOG ? MAX_LOG : MAX_LIMIT;
        problems.require(
                limit != null && limit >= 1 && limit <= most,
                path + ".limit",
                limit == null ? "(nothing)" : limit,
                algorithm == Algorithm.SLIDING_LOG
                        ? "1 to " + most + " with algorithm: sliding-log, which keeps the time of each request"
                        : "1 to " + most);
        boolean sound = window != null && window.compareTo(MIN_WINDOW) >= 0 && window.compareTo(MAX_WINDOW) <= 0;
        problems.require(sound, path + ".window", window == null ? "(nothing)" : window, "1ms to 31d");
        problems.require(
                burst == null || algorithm == Algorithm.TOKEN_BUCKET,
                path + ".burst",
                burst,
                "nothing, unless algorithm is token-bucket");
        problems.require(
                burst == null || burst >= 1 && burst <= MAX_LIMIT, path + ".burst", burst, "1 to " + MAX_LIMIT);
        long micros = sound && window != null ? TimeUnit.NANOSECONDS.toMicros(window.toNanos()) : 1_000_000;
        long units = limit == null ? 1 : Math.max(1, limit);
        return new Rate(units, micros, burst == null ? units : Math.max(1, burst));
    }

    private List<PolicyOverride> overrides(
            String path, String name, RateLimitDefinition written, List<Rate> own, List<Cidr> exempt) {
        List<PolicyOverride> overrides = new ArrayList<>();
        for (int i = 0; i < written.overrides().size(); i++) {
            OverrideDefinition each = written.overrides().get(i);
            String place = path + ".overrides[" + i + "]";
            if (each.key().size() != written.key().size()) {
                problems.add(
                        place + ".key",
                        each.key(),
                        written.key().size() == 1
                                ? "one value, as the policy's key is "
                                        + written.key().get(0)
                                : "a value for each part of the policy's key: " + written.key());
                continue;
            }
            Limits limits = new Limits(name, written.algorithm(), rates(place, each, written, own));
            PolicyOverride override = new PolicyOverride(parts(place, each, written, exempt), limits);
            int most = written.cost().most();
            problems.require(
                    most <= limits.most(),
                    place,
                    limits.most(),
                    "at least " + most + " at once, as a request may cost that: else none such ever passes");
            for (PolicyOverride before : overrides) {
                problems.require(
                        !before.covers(override),
                        place + ".key",
                        each.key(),
                        "a key that none of the overrides above fits; the first that fits counts, so this never does");
            }
            overrides.add(override);
        }
        return overrides;
    }

    /** What is not written stays as the policy has it. */
    private List<Rate> rates(String place, OverrideDefinition each, RateLimitDefinition written, List<Rate> own) {
        boolean inherits =
                each.limits().isEmpty() && own.size() == 1 && written.limits().isEmpty();
        if (!inherits) {
            return rates(place, written.algorithm(), each.limit(), each.window(), each.burst(), each.limits());
        }
        if (each.limit() == null && each.window() == null && each.burst() == null) {
            problems.add(place, "(nothing)", "limit, window, burst or limits: what is other for this key");
            return own;
        }
        return List.of(rate(
                place,
                written.algorithm(),
                each.limit() == null ? Long.valueOf(own.get(0).limit()) : each.limit(),
                each.window() == null ? Duration.of(own.get(0).windowMicros(), ChronoUnit.MICROS) : each.window(),
                each.burst() == null ? written.burst() : each.burst()));
    }

    private List<PolicyOverride.Part> parts(
            String place, OverrideDefinition each, RateLimitDefinition written, List<Cidr> exempt) {
        List<PolicyOverride.Part> parts = new ArrayList<>();
        for (int part = 0; part < each.key().size(); part++) {
            String value = each.key().get(part).trim();
            KeySource source = written.key().get(part);
            PolicyOverride.Part parsed = PolicyOverride.Part.of(source, value);
            problems.require(!value.isEmpty(), place + ".key", each.key(), "a value, or * for any");
            if (source.kind() == KeySource.Kind.CLIENT_IP && !value.equals(PolicyOverride.Part.ANY)) {
                Cidr block = parsed.block();
                problems.require(
                        block != null,
                        place + ".key",
                        each.key(),
                        "an address or a block like 10.0.0.0/8 in the place of client-ip: no client is ever called "
                                + value);
                problems.require(
                        block == null || !block.isIpv6() || block.bits() <= written.ipv6Prefix(),
                        place + ".key",
                        each.key(),
                        "a block of /" + written.ipv6Prefix()
                                + " or larger: ipv6-prefix makes one client of what is in it");
                problems.require(
                        block == null || exempt.stream().noneMatch(all -> all.contains(block)),
                        place + ".key",
                        each.key(),
                        "an address that is not exempt: the policy does not concern " + value);
            }
            problems.require(
                    source.kind() != KeySource.Kind.PATH
                            || value.startsWith("/")
                            || value.equals(PolicyOverride.Part.ANY),
                    place + ".key",
                    each.key(),
                    "a path, which begins with /");
            parts.add(parsed);
        }
        return parts;
    }

    private List<Cidr> exempt(String path, ExemptDefinition exempt) {
        List<Cidr> blocks = new ArrayList<>();
        for (int i = 0; i < exempt.addresses().size(); i++) {
            String text = exempt.addresses().get(i);
            Cidr block = Cidr.parse(text);
            if (block == null) {
                problems.add(
                        path + ".addresses[" + i + "]", text, "an address or a block, like 192.0.2.7 or 10.0.0.0/8");
            } else {
                blocks.add(block);
            }
        }
        exempt.headers().forEach((field, values) -> {
            String place = path + ".headers." + field;
            problems.require(!values.isEmpty(), place, "(nothing)", "the values that exempt");
            problems.require(KeySource.isToken(field), place, field, "the name of a header");
        });
        return blocks;
    }
}
