package dev.meridian.routes.refresh;

import dev.meridian.routes.definition.ConfigProblems;
import dev.meridian.routes.validate.CandidateConfig;
import java.util.List;

/** One capability's part in a refresh of the configuration. A bean of this type takes part in each. */
public interface ConfigPart {

    /**
     * Reads the part's settings from a configuration that may come into effect, and makes whatever they need. Changes
     * nothing that runs.
     *
     * @param candidate shared by all parts: what several of them read is bound once
     * @param problems what is wrong goes here: then nothing comes into effect
     * @throws org.springframework.boot.context.properties.bind.BindException for a wrong type or an unknown key
     */
    Prepared prepare(CandidateConfig candidate, ConfigProblems problems);

    /** What waits to come into effect. */
    interface Prepared {

        /** In which way it differs from what runs, one line for each thing that was added, changed or removed. */
        List<Change> changes();

        /** Takes the place of what runs. Must not fail: everything that can has been done before. */
        void commit();
    }
}
