package dev.meridian.gateway.startup;

import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Loads {@code .properties} and {@code .xml}. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PropertiesFileLoader extends ConfigFileLoader {

    PropertiesFileLoader() {
        super(new PropertiesPropertySourceLoader());
    }
}
