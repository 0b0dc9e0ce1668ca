package dev.meridian.observability.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/** Every meter of the gateway: its name, its kind and its tags. A test compares them with {@code src/docs/observability.md}. */
public enum GatewayMeters implements MeterDocumentation {
    /** From the request's head to the end of the exchange, one for each request. */
    REQUESTS(
            "meridian.requests",
            Meter.Type.TIMER,
            "Requests, from the head to the end of the answer",
            Tag.ROUTE,
            Tag.METHOD,
            Tag.STATUS,
            Tag.OUTCOME),
    /** What of that was spent in the gateway itself. */
    GATEWAY_DURATION(
            "meridian.gateway.duration", Meter.Type.TIMER, "What of a request the gateway itself took", Tag.ROUTE),
    /** From the hand-over to the transport to the first byte of the answer. */
    UPSTREAM_DURATION(
            "meridian.upstream.duration",
            Meter.Type.TIMER,
            "Until the first byte of an upstream's answer",
            Tag.ROUTE,
            Tag.UPSTREAM),
    /** Requests that have come and are not over. */
    REQUESTS_ACTIVE("meridian.requests.active", Meter.Type.GAUGE, "Requests under way"),
    /** Open connections. */
    UPSTREAM_CONNECTIONS(
            "meridian.upstream.connections",
            Meter.Type.GAUGE,
            "Open connections to an upstream",
            Tag.UPSTREAM,
            Tag.STATE),
    /** Requests that wait for a connection. */
    UPSTREAM_PENDING(
            "meridian.upstream.pending",
            Meter.Type.GAUGE,
            "Requests that wait for a connection to an upstream",
            Tag.UPSTREAM),
    /** Requests that an upstream's failure was the answer to. */
    UPSTREAM_FAILURES(
            "meridian.upstream.failures",
            Meter.Type.COUNTER,
            "Requests that failed because of an upstream",
            Tag.UPSTREAM,
            Tag.ERROR),
    /** Requests that have failed in a way for which they may be sent again, by what became of them. */
    UPSTREAM_RETRIES(
            "meridian.upstream.retries",
            Meter.Type.COUNTER,
            "Failed requests to an upstream that could be sent again",
            Tag.UPSTREAM,
            Tag.OUTCOME),
    /** Who takes what part of an upstream's requests. */
    UPSTREAM_REGION_SHARE(
            "meridian.upstream.region.share",
            Meter.Type.GAUGE,
            "A region's share of an upstream's requests, 0 to 1",
            Tag.UPSTREAM,
            Tag.REGION),
    /** How many can be used, and why the others cannot. */
    UPSTREAM_ENDPOINTS(
            "meridian.upstream.endpoints",
            Meter.Type.GAUGE,
            "Endpoints of an upstream by availability",
            Tag.UPSTREAM,
            Tag.REGION,
            Tag.STATE),
    /** Requests on their way to a region. */
    UPSTREAM_ACTIVE(
            "meridian.upstream.active",
            Meter.Type.GAUGE,
            "Requests under way to an upstream's region",
            Tag.UPSTREAM,
            Tag.REGION),
    /** Endpoints that failures of real traffic took out. */
    UPSTREAM_EJECTIONS(
            "meridian.upstream.ejections",
            Meter.Type.COUNTER,
            "Endpoints ejected for failed requests",
            Tag.UPSTREAM,
            Tag.REGION),
    /** Circuit breakers that have become something else, by what it is. */
    UPSTREAM_BREAKER_CHANGES(
            "meridian.upstream.breaker.changes",
            Meter.Type.COUNTER,
            "Changes of state of an upstream's circuit breakers",
            Tag.UPSTREAM,
            Tag.TO),
    /** Circuit breakers that let nothing pass, or only a few requests. */
    UPSTREAM_BREAKERS_OPEN(
            "meridian.upstream.breakers.open",
            Meter.Type.GAUGE,
            "Circuit breakers of a region, or of its endpoints, that are not closed",
            Tag.UPSTREAM,
            Tag.REGION),
    /** Active checks. */
    UPSTREAM_HEALTH_CHECKS(
            "meridian.upstream.health.checks",
            Meter.Type.COUNTER,
            "Health checks of an upstream's endpoints",
            Tag.UPSTREAM,
            Tag.OUTCOME),
    /** Endpoints that came or went, by what they have become. */
    UPSTREAM_AVAILABILITY_CHANGES(
            "meridian.upstream.availability.changes",
            Meter.Type.COUNTER,
            "Changes of endpoints' availability",
            Tag.UPSTREAM,
            Tag.REGION,
            Tag.TO),
    /** Questions to discovery that had no answer. */
    UPSTREAM_DISCOVERY_FAILURES(
            "meridian.upstream.discovery.failures",
            Meter.Type.COUNTER,
            "Questions to discovery without an answer",
            Tag.UPSTREAM),
    /** How many requests may be under way. */
    OVERLOAD_LIMIT(
            "meridian.overload.limit", Meter.Type.GAUGE, "Requests that may be under way", Tag.SCOPE, Tag.UPSTREAM),
    /** How many are. */
    OVERLOAD_ACTIVE(
            "meridian.overload.active",
            Meter.Type.GAUGE,
            "Requests that are under way where there is a limit",
            Tag.SCOPE,
            Tag.UPSTREAM),
    /** Those that were too many. */
    OVERLOAD_SHED(
            "meridian.overload.shed",
            Meter.Type.COUNTER,
            "Requests turned away because too many were under way",
            Tag.SCOPE,
            Tag.UPSTREAM,
            Tag.PRIORITY),
    /** What rate limits said to requests. */
    RATE_LIMIT_REQUESTS(
            "meridian.ratelimit.requests",
            Meter.Type.COUNTER,
            "Requests that a rate limit was asked about",
            Tag.POLICY,
            Tag.OUTCOME),
    /** Keys that this process knows. */
    RATE_LIMIT_KEYS(
            "meridian.ratelimit.keys", Meter.Type.GAUGE, "Keys of a rate limit that are known here", Tag.POLICY),
    /** Whether the store answers. */
    RATE_LIMIT_STORE_AVAILABLE(
            "meridian.ratelimit.store.available", Meter.Type.GAUGE, "Whether the store of rate limits answers, 1 or 0"),
    /** Gateways that count together. */
    RATE_LIMIT_GATEWAYS("meridian.ratelimit.gateways", Meter.Type.GAUGE, "Gateways that count rate limits together"),
    /** Requests that something else answered. */
    FALLBACKS(
            "meridian.fallbacks",
            Meter.Type.COUNTER,
            "Requests that a fallback was tried for",
            Tag.ROUTE,
            Tag.KIND,
            Tag.OUTCOME),
    /** Changes that were asked for. */
    CONFIG_REFRESHES(
            "meridian.config.refreshes",
            Meter.Type.COUNTER,
            "Refreshes of the configuration, by how they ended",
            Tag.OUTCOME),
    /** Which configuration is in effect. */
    CONFIG_SNAPSHOT(
            "meridian.config.snapshot",
            Meter.Type.GAUGE,
            "The number of the configuration in effect, 1 for the one of the start"),
    /** Routes, good and bad. */
    CONFIG_ROUTES("meridian.config.routes", Meter.Type.GAUGE, "Routes that are configured, those in quarantine too"),
    /** Bad routes. */
    CONFIG_QUARANTINED(
            "meridian.config.quarantined",
            Meter.Type.GAUGE,
            "Routes that are bad, and serve in their last good version or not at all"),
    /** Whether the last refresh came to nothing. */
    CONFIG_FAILING(
            "meridian.config.failing",
            Meter.Type.GAUGE,
            "1 while the last refresh was refused, or could not read anything"),
    /** Whether the right configuration could not be read at start. */
    CONFIG_LAST_GOOD(
            "meridian.config.last.good",
            Meter.Type.GAUGE,
            "1 while the gateway runs on the last good configuration, since the right one cannot be read"),
    /** Whether there was a rollback. */
    CONFIG_HELD("meridian.config.held", Meter.Type.GAUGE, "1 while a configuration is held after a rollback"),
    /** Whether a restart could not fall back on what is in effect. */
    CONFIG_UNSAVED(
            "meridian.config.unsaved",
            Meter.Type.GAUGE,
            "1 while the configuration in effect could not be saved to disk"),
    /** Lines that were not written. */
    ACCESS_LOG_DROPPED(
            "meridian.access.log.dropped", Meter.Type.COUNTER, "Access log lines that were not written", Tag.REASON);

    private final String name;
    private final Meter.Type type;
    private final String description;
    private final Tag[] tags;

    GatewayMeters(String name, Meter.Type type, String description, Tag... tags) {
        this.name = name;
        this.type = type;
        this.description = description;
        this.tags = tags;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public KeyName[] getKeyNames() {
        return tags.clone();
    }

    /** One sentence, for whoever reads the scrape. */
    public String description() {
        return description;
    }

    /** The keys of tags. Their values never come from a request unless they are from a closed set. */
    public enum Tag implements KeyName {
        /** The route's id; {@code none} where no route matched. */
        ROUTE("route"),
        /** One of the known methods; {@code OTHER} for any else. */
        METHOD("method"),
        /** The exact code, 100 to 599; 499 where the client went away before any answer; else {@code other}. */
        STATUS("status"),
        /**
         * The class of the status, or {@code CLIENT_GONE} or {@code BROKEN_OFF} where the answer was not finished; of a
         * health check {@code passed} or {@code failed}; of a refresh how it ended; of a fallback {@code answered} or {@code failed}; of a retry {@code
         * retried}, {@code attempts-exhausted}, {@code budget-exhausted}, {@code no-endpoint}, {@code not-safe}, {@code
         * not-repeatable} or {@code told-to-wait}; of a rate limit {@code admitted}, {@code refused}, {@code
         * shadow-refused}, {@code exempt}, {@code missing-key}, {@code uncounted} or {@code unavailable}.
         */
        OUTCOME("outcome"),
        /** The upstream's name, or the authority that a route names itself. */
        UPSTREAM("upstream"),
        /** The region's name. */
        REGION("region"),
        /** Of a connection {@code active} or {@code idle}; of an endpoint its availability. */
        STATE("state"),
        /** The availability that an endpoint has got. */
        TO("to"),
        /** The error type of {@code Proxy-Status}. */
        ERROR("error"),
        /** {@code gateway} or {@code upstream}. */
        SCOPE("scope"),
        /** {@code critical}, {@code normal} or {@code sheddable}. */
        PRIORITY("priority"),
        /** The rate limit's name. */
        POLICY("policy"),
        /** Of a fallback {@code forward}, {@code upstream} or {@code static}. */
        KIND("kind"),
        /** {@code queue-full} or {@code sink-failed}. */
        REASON("reason");

        private final String key;

        Tag(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
