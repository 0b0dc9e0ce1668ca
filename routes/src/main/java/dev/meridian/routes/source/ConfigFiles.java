package dev.meridian.routes.source;

import dev.meridian.routes.archive.ReadSources;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Where an environment's files are. A file that is to appear yet is looked for in the directories of those that are there,
 * and in those that the configuration names.
 *
 * @param directories whose configuration files count
 * @param trees directories each file of which, however deep, is a value
 */
record ConfigFiles(Collection<Path> directories, Collection<Path> trees) {

    private static final Pattern FILE = Pattern.compile("file \\[(.+?)]");
    private static final Pattern TREE = Pattern.compile("Config tree '(.+?)'");
    private static final List<String> NAMES =
            List.of("spring.config.location", "spring.config.additional-location", "spring.config.import");

    static ConfigFiles of(ConfigurableEnvironment environment) {
        TreeSet<Path> directories = new TreeSet<>();
        TreeSet<Path> trees = new TreeSet<>();
        for (PropertySource<?> source : ReadSources.outside(environment)) {
            Matcher file = FILE.matcher(source.getName());
            Matcher tree = TREE.matcher(source.getName());
            if (tree.find()) {
                add(tree.group(1), trees);
            } else if (file.find()) {
                add(parent(file.group(1)), directories);
            }
        }
        boolean elsewhere = environment.containsProperty(NAMES.get(0));
        if (!elsewhere) {
            add(".", directories);
            add("config", directories);
        }
        for (String location : named(environment)) {
            add(location, directories);
        }
        return new ConfigFiles(List.copyOf(directories), List.copyOf(trees));
    }

    private static List<String> named(ConfigurableEnvironment environment) {
        List<String> directories = new ArrayList<>();
        for (String name : NAMES) {
            for (String list :
                    Binder.get(environment).bind(name, String[].class).orElse(new String[0])) {
                for (String location : list.split("[;,]")) {
                    String path =
                            location.strip().replaceFirst("^optional:", "").replaceFirst("^file:", "");
                    if (!path.contains(":") && !path.contains("*") && !path.isEmpty()) {
                        directories.add(path.endsWith("/") ? path : parent(path));
                    }
                }
            }
        }
        return directories;
    }

    private static String parent(String file) {
        int end = file.lastIndexOf('/');
        return end < 0 ? "." : file.substring(0, end + 1);
    }

    private static void add(String path, Collection<Path> into) {
        Path absolute = absolute(path);
        if (absolute != null) {
            into.add(absolute);
        }
    }

    private static @Nullable Path absolute(String path) {
        try {
            return Path.of(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
