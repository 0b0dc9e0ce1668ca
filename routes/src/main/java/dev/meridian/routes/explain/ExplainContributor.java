package dev.meridian.routes.explain;

import org.jspecify.annotations.Nullable;

/**
 * Explains one part of a request's way. Beans of this type are asked in their order, which is the order of the way; a
 * later one finds on the exchange what an earlier one has left there, as filters do.
 *
 * <p>Nothing must change by it: no turn is taken, no capacity used, nothing counted, nothing sent. It is called where
 * waiting is allowed, and must not wait for more than a second.
 */
public interface ExplainContributor {

    /** What the part is called in the answer, in kebab-case. */
    String section();

    /**
     * The part itself.
     *
     * @return records, lists, maps and plain values, which become JSON with kebab-case names; {@code null} where there is
     *     nothing to say
     */
    @Nullable
    Object explain(ExplainedRequest request);
}
