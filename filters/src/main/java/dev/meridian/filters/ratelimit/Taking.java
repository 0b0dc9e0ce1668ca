package dev.meridian.filters.ratelimit;

import dev.meridian.filters.ratelimit.RateLimitDefinition.OnMissingKey;
import dev.meridian.filters.ratelimit.RateLimiter.Outcome;
import dev.meridian.filters.ratelimit.quota.Grant;
import java.net.InetAddress;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * One request before one or more policies: all must admit it, and where one does not, the others get back what they granted.
 * All are asked at once, as they may be counted in different places. Policies that only watch are asked when it is certain
 * that the request passes.
 */
final class Taking {

    private final ServerWebExchange exchange;
    private final Consumer<Verdict> later;
    private final List<Part> asked = new ArrayList<>(1);
    private final List<Part> watching = new ArrayList<>(0);
    /** Answers to come, and one for the asking itself. */
    private final AtomicInteger open = new AtomicInteger(1);

    /** @param later told the verdict, once, where it is not known at once; in any thread */
    Taking(ServerWebExchange exchange, Consumer<Verdict> later) {
        this.exchange = exchange;
        this.later = later;
    }

    /** @return the verdict, or {@code null} where it comes later */
    @Nullable
    Verdict start(List<RateLimiter> limiters, KeyReader keys, @Nullable Principal principal) {
        InetAddress client = KeyReader.client(exchange);
        for (RateLimiter limiter : limiters) {
            Policy policy = limiter.policy();
            int cost = policy.definition().cost().of(exchange.getRequest().getMethod());
            if (cost == 0 || policy.exempts(client, exchange.getRequest().getHeaders())) {
                limiter.count(Outcome.EXEMPT);
                continue;
            }
            LimitKey key = keys.read(policy, exchange, principal);
            if (key == null) {
                OnMissingKey otherwise = policy.definition().onMissingKey();
                if (otherwise == OnMissingKey.CLIENT_IP) {
                    key = keys.otherwise(policy, exchange);
                } else {
                    limiter.count(Outcome.MISSING_KEY);
                    if (otherwise == OnMissingKey.DENY && !policy.definition().shadow()) {
                        return new Verdict(Verdict.Kind.MISSING_KEY, policy, null, null, "");
                    }
                    continue;
                }
            }
            (policy.definition().shadow() ? watching : asked).add(new Part(limiter, policy, key, cost));
        }
        if (asked.isEmpty() && watching.isEmpty()) {
            return Verdict.UNLIMITED;
        }
        open.addAndGet(asked.size());
        for (Part part : asked) {
            part.ask();
        }
        return open.addAndGet(-1) == 0 ? conclude() : null;
    }

    /** The request goes no further: nobody waits for the verdict any more. */
    void abandon(Verdict unwanted) {
        if (unwanted.kind() == Verdict.Kind.ADMITTED) {
            asked.forEach(Part::giveBack);
        }
    }

    private Verdict conclude() {
        Part refusing = null;
        for (Part part : asked) {
            if (!part.grant().admitted() && (refusing == null || part.isWorseThan(refusing))) {
                refusing = part;
            }
        }
        for (Part part : asked) {
            if (refusing != null && part.grant().admitted()) {
                part.giveBack();
            } else {
                part.limiter.count(part.outcome());
            }
        }
        if (refusing == null) {
            watching.forEach(Part::ask);
        }
        return verdict(refusing);
    }

    private Verdict verdict(@Nullable Part refusing) {
        Part tightest = refusing;
        String field = "";
        for (Part part : asked) {
            if (part.grant().rate() >= 0) {
                if (part.policy.definition().headers()) {
                    String members = part.key.limits().fieldMembers();
                    field = field.isEmpty() ? members : field + ", " + members;
                }
                if (refusing == null && (tightest == null || part.left() < tightest.left())) {
                    tightest = part;
                }
            }
        }
        if (tightest == null) {
            return Verdict.UNLIMITED;
        }
        Verdict.Kind kind = refusing == null
                ? Verdict.Kind.ADMITTED
                : refusing.grant() == LimitStore.UNAVAILABLE ? Verdict.Kind.UNAVAILABLE : Verdict.Kind.REFUSED;
        return new Verdict(kind, tightest.policy, tightest.key.limits(), tightest.grant(), field);
    }

    /** One policy of them. */
    private final class Part implements LimitStore.Later {

        private final RateLimiter limiter;
        private final Policy policy;
        private final LimitStore store;
        private final LimitKey key;
        private final int cost;
        private volatile @Nullable Grant grant;

        Part(RateLimiter limiter, Policy policy, LimitKey key, int cost) {
            this.limiter = limiter;
            this.policy = policy;
            this.store = limiter.store();
            this.key = key;
            this.cost = cost;
        }

        void ask() {
            Grant now = store.take(key, cost, this);
            if (now != null) {
                answered(now, false);
            }
        }

        @Override
        public void onAnswer(Grant answer) {
            answered(answer, true);
        }

        private void answered(Grant answer, boolean late) {
            grant = answer;
            if (policy.definition().shadow()) {
                limiter.count(answer.admitted() ? outcome() : Outcome.SHADOW_REFUSED);
            } else if (open.decrementAndGet() == 0 && late) {
                later.accept(conclude());
            }
        }

        Grant grant() {
            Grant known = grant;
            return known == null ? LimitStore.UNCOUNTED : known;
        }

        void giveBack() {
            if (grant().rate() >= 0 && grant().admitted()) {
                store.giveBack(key, grant());
            }
        }

        Outcome outcome() {
            Grant known = grant();
            if (known == LimitStore.UNCOUNTED) {
                return Outcome.UNCOUNTED;
            } else if (known == LimitStore.UNAVAILABLE) {
                return Outcome.UNAVAILABLE;
            }
            return known.admitted() ? Outcome.ADMITTED : Outcome.REFUSED;
        }

        /** Of two that refuse the one that does so for longer; one that cannot tell comes last. */
        boolean isWorseThan(Part other) {
            return grant().waitMicros() > other.grant().waitMicros();
        }

        /** How much of the tightest rate is left, 0 to 1. */
        double left() {
            Grant known = grant();
            Limits limits = key.limits();
            long most = limits.rates().get(known.rate()).most(limits.algorithm());
            return (double) known.remaining() / Math.max(1, most);
        }
    }
}
