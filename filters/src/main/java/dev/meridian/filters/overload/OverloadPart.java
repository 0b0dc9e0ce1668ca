package dev.meridian.filters.overload;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.refresh.Change;
import dev.meridian.routes.refresh.ConfigPart;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.List;
import java.util.Map;

/** Limits in a refresh. Those of upstreams are told of as changes of the upstreams. */
final class OverloadPart implements ConfigPart {

    private static final String NAME = "max-requests";

    private final OverloadLimits limits;
    private volatile WrittenLimits current;

    OverloadPart(OverloadLimits limits, WrittenLimits current) {
        this.limits = limits;
        this.current = current;
    }

    @Override
    public Prepared prepare(CandidateConfig candidate, ConfigProblems problems) {
        WrittenLimits next = WrittenLimits.of(candidate, problems);
        WrittenLimits before = current;
        return new Prepared() {
            @Override
            public List<Change> changes() {
                return Change.between("overload", gateway(before), gateway(next));
            }

            @Override
            public void commit() {
                limits.change(next);
                current = next;
            }
        };
    }

    private static Map<String, LimitSettings> gateway(WrittenLimits of) {
        LimitSettings gateway = of.gateway();
        return gateway == null ? Map.of() : Map.of(NAME, gateway);
    }
}
