package dev.meridian.routes.refresh;

import dev.meridian.routes.archive.ReadSources;
import java.util.List;
import java.util.Set;
import org.springframework.cloud.bootstrap.encrypt.AbstractEnvironmentDecrypt;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/** Puts what was read in the place of what was read before; what no file says stays. */
final class EnvironmentSwap {

    private EnvironmentSwap() {}

    /** What is encrypted in it stands in a source of its own. */
    private static boolean isOfWhatIsRead(PropertySource<?> source) {
        return ReadSources.isRead(source)
                || source.getName().equals(AbstractEnvironmentDecrypt.DECRYPTED_PROPERTY_SOURCE_NAME);
    }

    /** @param standard names of sources that are the same in both */
    static void take(MutablePropertySources from, MutablePropertySources to, Set<String> standard) {
        List<String> gone = to.stream()
                .filter(EnvironmentSwap::isOfWhatIsRead)
                .map(PropertySource::getName)
                .filter(name -> !from.contains(name))
                .toList();
        gone.forEach(to::remove);
        String previous = null;
        for (PropertySource<?> source : from) {
            String name = source.getName();
            if (to.contains(name)) {
                previous = name;
            }
            if (standard.contains(name)) {
                continue;
            }
            if (to.contains(name)) {
                to.replace(name, source);
            } else if (previous == null) {
                to.addFirst(source);
            } else {
                to.addAfter(previous, source);
            }
            previous = name;
        }
    }
}
