package dev.meridian.routes.explain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts an explanation together from its parts. */
public final class Explainer {

    private final List<ExplainContributor> contributors;

    /** @param contributors in the order of a request's way */
    public Explainer(List<ExplainContributor> contributors) {
        this.contributors = List.copyOf(contributors);
    }

    /** By section. It may wait for predicates that answer later, so no event loop may call it. */
    public Map<String, Object> explain(ExplainedRequest request) {
        Map<String, Object> sections = new LinkedHashMap<>();
        for (ExplainContributor contributor : contributors) {
            Object section = contributor.explain(request);
            if (section != null) {
                sections.put(contributor.section(), section);
            }
        }
        return sections;
    }
}
