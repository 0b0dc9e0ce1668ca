package dev.meridian.routes.source;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.bootstrap.BootstrapContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.config.client.ConfigClientProperties;
import org.springframework.cloud.config.client.ConfigClientProperties.Credentials;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Asks a Spring Cloud Config Server for the version of what it serves. That stands at the beginning of its answer: the rest,
 * with all that is configured, is not read. A server that answers with an {@code ETag} is asked whether it has changed; one
 * that knows no versions is read to the end.
 */
final class ConfigServerProbe implements SourceProbe {

    private static final String NO_SERVER = "";
    /** With the address, which may be missing. */
    private static final Pattern IMPORT = Pattern.compile("(?:optional:)?configserver:([^?]*)");

    private final BootstrapContext bootstrap;
    private final Environment environment;
    private @Nullable URI asked;
    /** Of what was asked. */
    private @Nullable String etag;

    private String last = NO_SERVER;

    /** @param bootstrap that knows the server, once one was asked */
    ConfigServerProbe(BootstrapContext bootstrap, Environment environment) {
        this.bootstrap = bootstrap;
        this.environment = environment;
    }

    @Override
    public String look() throws IOException {
        ConfigClientProperties first = bootstrap.getOrElse(ConfigClientProperties.class, null);
        if (first == null) {
            return NO_SERVER;
        }
        ConfigClientProperties client = asImported(first);
        RestTemplate template = Objects.requireNonNull(bootstrap.get(RestTemplate.class), "there is one");
        IOException failure = new IOException("The config server has no address");
        for (int i = 0; i < client.getUri().length; i++) {
            for (String label : labels(client)) {
                try {
                    Credentials server = client.getCredentials(i);
                    last = ask(address(server.getUri(), label, client), server, client.getToken(), template);
                    return last;
                } catch (RestClientException | IllegalArgumentException | IllegalStateException e) {
                    failure = new IOException("The config server does not answer: " + e.getMessage(), e);
                }
            }
        }
        throw failure;
    }

    /** The one that was asked first is remembered; what is imported may be another one by now. */
    private ConfigClientProperties asImported(ConfigClientProperties first) {
        String address =
                Binder.get(environment)
                        .bind("spring.config.import", Bindable.listOf(String.class))
                        .orElse(List.of())
                        .stream()
                        .map(IMPORT::matcher)
                        .filter(Matcher::lookingAt)
                        .map(imported -> imported.group(1))
                        .findFirst()
                        .orElse("");
        if (address.isEmpty() || Arrays.equals(first.getUri(), new String[] {address})) {
            return first;
        }
        ConfigClientProperties now = new ConfigClientProperties(environment);
        BeanUtils.copyProperties(first, now);
        now.setUri(new String[] {address});
        return now;
    }

    /** Spring Cloud's client tries one after the other as well. */
    private static String[] labels(ConfigClientProperties client) {
        return StringUtils.hasText(client.getLabel())
                ? StringUtils.commaDelimitedListToStringArray(client.getLabel())
                : new String[] {""};
    }

    private URI address(String server, String label, ConfigClientProperties client) {
        List<String> profiles = Arrays.asList(environment.getActiveProfiles());
        UriComponentsBuilder address = UriComponentsBuilder.fromUriString(server)
                .pathSegment(client.getName())
                .pathSegment(profiles.isEmpty() ? client.getProfile() : String.join(",", profiles));
        if (StringUtils.hasText(label)) {
            address.pathSegment(label.strip().replace("/", "(_)"));
        }
        return address.encode().build().toUri();
    }

    private String ask(URI address, Credentials server, @Nullable String token, RestTemplate template) {
        if (!address.equals(asked)) {
            etag = null;
            asked = address;
        }
        String version = template.execute(
                address,
                HttpMethod.GET,
                request -> {
                    HttpHeaders headers = request.getHeaders();
                    headers.setAccept(List.of(MediaType.APPLICATION_JSON));
                    if (StringUtils.hasText(token)) {
                        headers.set(ConfigClientProperties.TOKEN_HEADER, token);
                    }
                    if (server.getPassword() != null) {
                        headers.setBasicAuth(server.getUsername(), server.getPassword());
                    }
                    if (etag != null) {
                        headers.setIfNoneMatch(etag);
                    }
                },
                this::version);
        return version == null ? NO_SERVER : version;
    }

    private String version(ClientHttpResponse response) throws IOException {
        if (response.getStatusCode().value() == HttpStatus.NOT_MODIFIED.value()) {
            return last;
        }
        etag = response.getHeaders().getETag();
        return version(response.getBody());
    }

    static String version(InputStream body) throws IOException {
        MessageDigest digest = sha256();
        DigestInputStream in = new DigestInputStream(body, digest);
        try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("version") && json.currentToken() == JsonToken.VALUE_STRING) {
                    return json.getString();
                }
                if (name.equals("propertySources")) {
                    break;
                }
                json.skipChildren();
            }
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.digest());
        } catch (JacksonException e) {
            throw new IOException("The config server's answer is not to be understood: " + e.getOriginalMessage(), e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
