package dev.meridian.routes.upstream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses an upstream's region and endpoint. Thread-safe; a choice takes no lock and does no I/O. */
public interface Selector {

    /** The endpoint for a request, {@code null} where there is none left. */
    @Nullable
    LiveEndpoint choose(Selection selection);

    /** Works out anew who takes which share; called by one thread, when something has changed or some time has passed. */
    void refresh(long nowNanos);

    /** Who takes which share at present. */
    List<RegionShare> shares();

    /**
     * One region's part.
     *
     * @param share 0 to 1
     * @param reason why it takes none, or less than its weight says; empty where there is nothing to say
     */
    record RegionShare(String region, double share, String reason) {}

    /** What a choice for this request goes by at present. Nothing is chosen: no turn is taken, no capacity used. */
    default SelectionExplanation explain(Selection selection) {
        return new SelectionExplanation(
                shares().stream()
                        .map(share -> new SelectionExplanation.RegionChance(
                                share.region(), share.share(), share.share(), share.reason(), null, null, List.of()))
                        .toList(),
                null);
    }
}
