package dev.meridian.observability.endpoint;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.meridian.routes.definition.Spelling;
import dev.meridian.routes.upstream.LiveRegion;
import dev.meridian.routes.upstream.Upstream;
import java.util.List;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/** All upstreams in short. */
record UpstreamList(List<Summary> upstreams) implements OperationResponseBody {

    static UpstreamList of(List<Upstream> upstreams) {
        return new UpstreamList(upstreams.stream().map(Summary::of).toList());
    }

    /**
     * One upstream.
     *
     * @param regions in the order of failover
     */
    record Summary(
            String name,
            String balance,
            @JsonProperty("region-selection") String regionSelection,
            List<String> regions) {

        static Summary of(Upstream upstream) {
            return new Summary(
                    upstream.name(),
                    Spelling.written(upstream.settings().selection().balance()),
                    Spelling.written(upstream.settings().selection().regionSelection()),
                    upstream.regions().stream().map(LiveRegion::name).toList());
        }
    }
}
