package dev.meridian.gateway.reference;

import static java.util.Map.entry;

import dev.meridian.gateway.reference.SourceComments.Comment;
import dev.meridian.routes.definition.Percent;
import dev.meridian.routes.definition.SettingsRoot;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.ResolvableType;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * The page of all properties, made from the settings records: names, types and defaults as they are bound, the text from
 * their comments. A default that no annotation gives is what the comment says after {@code default}; one that an annotation
 * gives has to be the same there.
 */
final class ReferencePage {

    private static final String ROOT = "meridian";

    /** Where more is said than a table can. */
    private static final Map<String, String> PAGES = Map.ofEntries(
            entry("access-log", "[Observability](observability.md)"),
            entry("canary", "[Weighted routes and canaries](canary.md)"),
            entry("client-address", "[Client address](client-address.md)"),
            entry("config", "[Changing the configuration](configuration.md)"),
            entry("forward", "[Forwarding](forwarding.md)"),
            entry("geo", "[Regions and failover](regions.md)"),
            entry("http", "[Limits](limits.md)"),
            entry("overload", "[Overload and fallbacks](overload.md)"),
            entry("rate-limit-store", "[Rate limits](rate-limits.md#redis)"),
            entry("rate-limits", "[Rate limits](rate-limits.md)"),
            entry("shutdown", "[Running it](running.md#shutdown)"),
            entry(
                    "upstreams",
                    "[Upstreams](upstreams.md), [Regions and failover](regions.md), [Balancing](balancing.md),"
                            + " [Health](health.md) and [Resilience](resilience.md)"));

    private static final Map<Class<?>, String> TYPES = Map.ofEntries(
            entry(String.class, "text"),
            entry(boolean.class, "`true`, `false`"),
            entry(Boolean.class, "`true`, `false`"),
            entry(int.class, "whole number"),
            entry(Integer.class, "whole number"),
            entry(Long.class, "whole number"),
            entry(Double.class, "number"),
            entry(Duration.class, "duration"),
            entry(DataSize.class, "size"),
            entry(Path.class, "path"),
            entry(Percent.class, "percentage"));

    private static final Pattern DEFAULT =
            Pattern.compile("(?:^|; |, )(?:default (`[^`]*`|[^;.,]+(?:\\.\\d+)?)|(no default|required))(?=$|[;.,])");
    private static final Pattern WHERE =
            Pattern.compile("^Settings under `[^`]*`(?:: |\\. ?)|,? as written under `[^`]*`");
    private static final Pattern FORMS = Pattern.compile("written as (.*)\\.$");

    private final SourceComments comments;
    /** The first place of each type that has a table of its own. */
    private final Map<Class<?>, String> places = new LinkedHashMap<>();

    private final List<String> problems = new ArrayList<>();

    ReferencePage(SourceComments comments) {
        this.comments = comments;
    }

    /** What keeps the page from being whole. */
    List<String> problems() {
        return problems;
    }

    String write(List<SettingsRoot> roots) {
        Map<String, Setting> settings = new TreeMap<>();
        for (SettingsRoot root : roots) {
            Class<? extends Record> type = root.type();
            if (type == null) {
                problems.add("the keys " + root.keys() + " have no settings record");
            } else {
                settings(type).forEach(setting -> settings.put(setting.key(), setting));
            }
        }
        List<Setting> values =
                settings.values().stream().filter(each -> each.below() == null).toList();
        List<Setting> groups =
                settings.values().stream().filter(each -> each.below() != null).toList();

        StringBuilder page = new StringBuilder("""
                # All properties

                Everything that is read under `meridian`, with its default. What is not here is refused at start. The build writes this page
                from the code; what it is all for stands on the pages that it links to.

                | Written as | Means |
                | --- | --- |
                | NAME | a name of your own |
                | `[i]` | a list: `[i]` is its first, second, … element |
                | duration | `500ms`, `2s`, `1m`, `1h`, `1d`; a number alone is in milliseconds |
                | size | `512B`, `8KB`, `50MB`, `1GB`, in powers of 1024; a number alone is in bytes |
                | percentage | `0%` to `100%`, always with the sign |

                Properties of Spring Cloud Gateway and Spring Boot hold beside these:
                [From Spring Cloud Gateway](spring-cloud-gateway.md), [Running it](running.md).

                """);
        page.append("| Property | What it is about |\n| --- | --- |\n");
        groups.forEach(group -> page.append("| ")
                .append(link(group.place(ROOT), group.place(ROOT)))
                .append(" | ")
                .append(group.text())
                .append(" |\n"));
        page.append("\n## `")
                .append(ROOT)
                .append("`\n\nWhere this gateway runs, of interest to upstreams in several regions.\n");
        table(values, ROOT, page);
        for (Setting group : groups) {
            String more = PAGES.get(group.component());
            if (more == null) {
                problems.add("no page is known to say more about " + group.key());
            }
            group(group, ROOT, "## ", more, page);
        }
        return page.toString();
    }

    private void group(Setting setting, String path, String heading, @Nullable String more, StringBuilder page) {
        Class<?> type = Objects.requireNonNull(setting.below());
        String place = setting.place(path);
        if (places.putIfAbsent(type, place) != null) {
            return; // said already
        }
        page.append('\n').append(heading).append('`').append(place).append("`\n\n");
        String intro = WHERE.matcher(comments.of(type).text()).replaceAll("");
        page.append(StringUtils.capitalize(intro.isBlank() ? setting.text() + "." : intro));
        page.append(more == null ? "\n" : " More: " + more + ".\n");
        List<Setting> below = settings(type);
        table(below, place, page);
        below.stream().filter(each -> each.below() != null).forEach(each -> group(each, place, "### ", null, page));
    }

    private void table(List<Setting> settings, String path, StringBuilder page) {
        page.append("\n| Property | Type | Default | Meaning |\n| --- | --- | --- | --- |\n");
        for (Setting setting : settings) {
            Class<?> below = setting.below();
            String key = below == null
                    ? "`" + setting.key() + "`"
                    : link(setting.key(), places.getOrDefault(below, setting.place(path)));
            page.append(
                    "| %s | %s | %s | %s |\n".formatted(key, setting.type(), setting.fallback(), cell(setting.text())));
        }
        settings.forEach(setting -> constants(setting, page));
    }

    /** The values of an enum that says something of them. */
    private void constants(Setting setting, StringBuilder page) {
        Object[] constants = setting.scalar().getEnumConstants();
        if (constants == null || comments.of((Enum<?>) constants[0]).isEmpty()) {
            return;
        }
        page.append("\n`").append(setting.key()).append("`:\n\n");
        for (Object constant : constants) {
            page.append("- `%s`: %s\n"
                    .formatted(SourceComments.kebab(((Enum<?>) constant).name()), meaning((Enum<?>) constant)));
        }
    }

    /** As the texts of the tables: no sentence. */
    private String meaning(Enum<?> constant) {
        String text = comments.of(constant).replaceFirst("\\.$", "");
        boolean acronym = text.length() > 1 && Character.isUpperCase(text.charAt(1));
        return acronym ? text : StringUtils.uncapitalize(text);
    }

    private List<Setting> settings(Class<?> type) {
        Comment comment = comments.of(type);
        // The annotation is one of parameters.
        Parameter[] parameters = type.getDeclaredConstructors()[0].getParameters();
        RecordComponent[] components = type.getRecordComponents();
        List<Setting> settings = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            settings.add(setting(
                    type.getSimpleName() + "." + name,
                    DataObjectPropertyName.toDashedForm(name),
                    ResolvableType.forType(components[i].getGenericType()),
                    parameters[i].getAnnotation(DefaultValue.class),
                    comment.params().getOrDefault(name, "")));
        }
        return settings;
    }

    private Setting setting(
            String where, String name, ResolvableType type, @Nullable DefaultValue annotation, String comment) {
        Class<?> raw = type.resolve(Object.class);
        boolean list = Collection.class.isAssignableFrom(raw);
        boolean map = Map.class.isAssignableFrom(raw);
        ResolvableType value = list || map ? type.getGeneric(list ? 0 : 1) : type;
        boolean lists = map && Collection.class.isAssignableFrom(value.resolve(Object.class));
        Class<?> each = (lists ? value.getGeneric(0) : value).resolve(Object.class);
        Class<?> below = isGroup(each) ? each : null;

        Matcher said = DEFAULT.matcher(comment);
        String inWords = said.find() ? Objects.requireNonNullElse(said.group(1), said.group(2)) : null;
        String text = inWords == null ? comment : said.replaceFirst("");
        if (text.isBlank()) {
            problems.add(where + " has no @param that says what it is");
        }
        String given = annotation == null ? "" : String.join(", ", annotation.value());
        if (!given.isEmpty() && inWords != null && !inWords.replace("`", "").equals(given)) {
            problems.add(where + " is " + given + " by default, but its @param says " + inWords);
        }
        String fallback = "none";
        if (!given.isEmpty()) {
            fallback = "`" + given + "`";
        } else if (inWords != null && !inWords.equals("no default")) {
            fallback = inWords;
        } else if (below != null && !list && !map && annotation != null) {
            fallback = ""; // those of what is below
        }
        String key = name + (map ? ".NAME" : list && below != null ? "[i]" : "");
        return new Setting(
                name,
                key,
                each,
                (list || lists ? "list of " : "") + (below == null ? type(where, each) : "settings"),
                below,
                fallback,
                text);
    }

    private boolean isGroup(Class<?> type) {
        return type.isRecord()
                && !TYPES.containsKey(type)
                && !FORMS.matcher(comments.of(type).text()).find();
    }

    private String type(String where, Class<?> type) {
        String known = TYPES.get(type);
        if (known != null) {
            return known;
        } else if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> "`" + SourceComments.kebab(((Enum<?>) constant).name()) + "`")
                    .collect(Collectors.joining(", "));
        }
        Matcher forms = FORMS.matcher(comments.of(type).text());
        if (!forms.find()) {
            problems.add(where + " is of type " + type.getSimpleName() + ", of which nothing says how it is written");
            return "";
        }
        return forms.group(1);
    }

    private static String link(String shown, String place) {
        return "[`" + shown + "`](#" + place.replaceAll("[^A-Za-z-]", "").toLowerCase(Locale.ROOT) + ")";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /**
     * A row.
     *
     * @param key with {@code .NAME} or {@code [i]} where it goes on so
     * @param scalar the type of one value
     * @param below the record below it, {@code null} for a plain value
     */
    private record Setting(
            String component,
            String key,
            Class<?> scalar,
            String type,
            @Nullable Class<?> below,
            String fallback,
            String text) {

        String place(String path) {
            return path + "." + key;
        }
    }
}
