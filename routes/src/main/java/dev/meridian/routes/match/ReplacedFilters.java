package dev.meridian.routes.match;

import java.util.Set;
import org.springframework.cloud.gateway.filter.GlobalFilter;

/** Stock global filters that a module's own filters stand in for; they are left out of every prepared chain. */
public record ReplacedFilters(Set<Class<? extends GlobalFilter>> types) {}
