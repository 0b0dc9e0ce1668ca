package dev.meridian.routes.source;

/**
 * Decides whether something has changed that is to be taken over: not before it was seen unchanged twice, for a file may
 * be half written, and never the same twice. Not thread-safe.
 */
final class ChangeGate {

    enum Verdict {
        /** Nothing new. */
        SAME,
        /** It is changing: look again soon. */
        CHANGING,
        /** It has changed, and has stayed so. */
        CHANGED
    }

    private String handled = "";
    private String seen = "";
    private boolean any;

    Verdict look(String now) {
        if (any && now.equals(handled)) {
            seen = now;
            return Verdict.SAME;
        }
        boolean settled = now.equals(seen);
        seen = now;
        return settled ? Verdict.CHANGED : Verdict.CHANGING;
    }

    /** What was seen last is in effect, or known not to be fit for it. */
    void done() {
        handled = seen;
        any = true;
    }
}
