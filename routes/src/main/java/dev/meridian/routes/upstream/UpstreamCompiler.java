package dev.meridian.routes.upstream;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.definition.DiscoveryDefinition;
import dev.meridian.routes.definition.EndpointDefinition;
import dev.meridian.routes.definition.LocationDefinition;
import dev.meridian.routes.definition.Protocol;
import dev.meridian.routes.definition.RegionDefinition;
import dev.meridian.routes.definition.RegionSelection;
import dev.meridian.routes.definition.UpstreamDefinition;
import dev.meridian.routes.geo.GeoPoint;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** From what an operator wrote to upstreams that can be made; notes every problem on the way. */
public final class UpstreamCompiler {

    private static final String PATH = "meridian.upstreams.";
    private static final int MAX_WEIGHT = 1000;
    private static final int MAX_PRIORITY = 100;
    /** A choice by distance marks in the bits of a long whom it has passed over. */
    private static final int MAX_REGIONS = 64;

    private final Home home;

    /** @param home where this gateway runs */
    public UpstreamCompiler(Home home) {
        this.home = home;
    }

    /** The upstreams that are sound; what is wrong with the others stands in {@code problems}. */
    public Map<String, UpstreamSpec> compile(Map<String, UpstreamDefinition> definitions, ConfigProblems problems) {
        Map<String, UpstreamSpec> upstreams = new LinkedHashMap<>();
        definitions.forEach((name, definition) -> {
            String path = PATH + name;
            SettingsCheck.check(path, definition, problems);
            List<Region> regions = regions(path, definition, problems);
            if (!regions.isEmpty() || definition.discovery() != null) {
                upstreams.put(
                        name,
                        new UpstreamSpec(
                                name,
                                regions,
                                UpstreamSettings.of(definition, home),
                                definition.discovery(),
                                regionDiscovery(definition)));
            }
        });
        return upstreams;
    }

    /** Notes upstreams that choose by distance where nothing is known to choose by. */
    public static void requireLocations(
            Map<String, UpstreamDefinition> definitions, boolean located, ConfigProblems problems) {
        definitions.forEach((name, upstream) -> problems.require(
                located || upstream.regionSelection() != RegionSelection.GEO,
                PATH + name + ".region-selection",
                "geo",
                "meridian.geo.database or meridian.geo.headers beside it, to know where clients are"));
    }

    private static Map<String, DiscoveryDefinition> regionDiscovery(UpstreamDefinition definition) {
        Map<String, DiscoveryDefinition> discovery = new LinkedHashMap<>();
        definition.regions().forEach((name, region) -> {
            DiscoveryDefinition written = region.discovery();
            if (written != null) {
                discovery.put(name, written);
            }
        });
        return discovery;
    }

    private static List<Region> regions(String path, UpstreamDefinition definition, ConfigProblems problems) {
        boolean listed = !definition.endpoints().isEmpty();
        boolean everywhere = listed || definition.discovery() != null;
        if (definition.regions().isEmpty()) {
            problems.require(
                    everywhere,
                    path + ".endpoints",
                    null,
                    "at least one uri like http://host:port; or regions, or discovery.service");
            problems.require(
                    !listed || definition.discovery() == null,
                    path + ".endpoints",
                    definition.endpoints().size() + " endpoints",
                    "either endpoints or discovery, not both");
            List<Endpoint> endpoints = endpoints(path, definition.endpoints(), definition.protocol(), problems);
            return endpoints.isEmpty() ? List.of() : List.of(Region.only(endpoints));
        }
        problems.require(
                !listed,
                path + ".endpoints",
                definition.endpoints().size() + " endpoints",
                "endpoints under the regions, where there are regions");
        problems.require(
                definition.regions().size() <= MAX_REGIONS,
                path + ".regions",
                definition.regions().size() + " regions",
                "at most " + MAX_REGIONS);
        List<Region> regions = new ArrayList<>();
        definition
                .regions()
                .forEach((name, region) ->
                        regions.add(region(path + ".regions." + name, name, region, definition, problems)));
        return regions;
    }

    private static Region region(
            String path, String name, RegionDefinition written, UpstreamDefinition upstream, ConfigProblems problems) {
        problems.require(
                written.priority() >= 0 && written.priority() <= MAX_PRIORITY,
                path + ".priority",
                written.priority(),
                "0 to " + MAX_PRIORITY + ", 0 first");
        problems.require(
                written.weight() >= 1 && written.weight() <= MAX_WEIGHT,
                path + ".weight",
                written.weight(),
                "1 to " + MAX_WEIGHT + "; state: off takes a region out");
        Integer capacity = written.capacity();
        problems.require(
                capacity == null || capacity > 0,
                path + ".capacity",
                capacity,
                "1 or more requests per second, or nothing for no limit; state: off takes a region out");
        boolean discovered = upstream.discovery() != null || written.discovery() != null;
        problems.require(
                discovered || !written.endpoints().isEmpty(),
                path + ".endpoints",
                null,
                "at least one uri like http://host:port, or discovery.service");
        problems.require(
                !discovered || written.endpoints().isEmpty(),
                path + ".endpoints",
                written.endpoints().size() + " endpoints",
                "either endpoints or discovery, not both");
        return new Region(
                name,
                written.priority(),
                Math.min(MAX_WEIGHT, Math.max(1, written.weight())),
                location(path, written.location(), upstream.regionSelection(), problems),
                capacity == null ? 0 : capacity,
                written.state(),
                endpoints(path, written.endpoints(), upstream.protocol(), problems));
    }

    private static @Nullable GeoPoint location(
            String path, @Nullable LocationDefinition written, RegionSelection selection, ConfigProblems problems) {
        if (written == null) {
            problems.require(
                    selection != RegionSelection.GEO,
                    path + ".location",
                    null,
                    "{lat: DEGREES, lon: DEGREES}, since region-selection is geo");
            return null;
        }
        Double lat = written.lat();
        Double lon = written.lon();
        boolean latOk = lat != null && lat >= -90 && lat <= 90;
        boolean lonOk = lon != null && lon >= -180 && lon <= 180;
        problems.require(latOk, path + ".location.lat", lat, "degrees north, -90 to 90");
        problems.require(lonOk, path + ".location.lon", lon, "degrees east, -180 to 180");
        return lat != null && lon != null && latOk && lonOk ? new GeoPoint(lat, lon) : null;
    }

    private static List<Endpoint> endpoints(
            String path, List<EndpointDefinition> written, Protocol protocol, ConfigProblems problems) {
        List<Endpoint> endpoints = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < written.size(); i++) {
            EndpointDefinition each = written.get(i);
            String at = path + ".endpoints[" + i + "]";
            Endpoint endpoint = endpoint(at, each, problems);
            if (endpoint == null) {
                continue;
            }
            problems.require(seen.add(endpoint.url()), at, each.uri(), "an endpoint that is not in the list already");
            requireScheme(protocol, endpoint, at, problems);
            endpoints.add(endpoint);
        }
        return endpoints;
    }

    private static void requireScheme(Protocol protocol, Endpoint endpoint, String at, ConfigProblems problems) {
        if (protocol == Protocol.H2) {
            problems.require(endpoint.secure(), at, endpoint.url(), "an https uri, since protocol is h2");
        } else if (protocol == Protocol.H2C) {
            problems.require(!endpoint.secure(), at, endpoint.url(), "an http uri, since protocol is h2c");
        }
    }

    private static @Nullable Endpoint endpoint(String at, EndpointDefinition written, ConfigProblems problems) {
        problems.require(
                written.weight() >= 1 && written.weight() <= MAX_WEIGHT,
                at + ".weight",
                written.weight(),
                "1 to " + MAX_WEIGHT);
        URI uri = parse(written.uri());
        if (uri == null) {
            problems.add(at, written.uri(), "a uri like http://host:port or https://host:port, without a path");
            return null;
        }
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        String host = uri.getHost();
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(scheme) ? 443 : 80;
        return new Endpoint(
                scheme,
                bare,
                port,
                Math.min(MAX_WEIGHT, Math.max(1, written.weight())),
                written.zone(),
                written.metadata());
    }

    private static @Nullable URI parse(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            URI uri = new URI(text.trim());
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            boolean bare = uri.getRawPath() == null || uri.getRawPath().isEmpty() || "/".equals(uri.getRawPath());
            boolean portOk = uri.getPort() == -1 || (uri.getPort() > 0 && uri.getPort() <= 65535);
            boolean onlyAddress =
                    uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getFragment() == null;
            return http && bare && portOk && onlyAddress && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
