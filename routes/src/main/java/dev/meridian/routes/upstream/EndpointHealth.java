package dev.meridian.routes.upstream;

/**
 * What is held against an endpoint. Written by one thread, the one that judges; read by any.
 */
public final class EndpointHealth {

    /** What active checks say. */
    public enum Checked {
        /** Not checked yet, or not at all. */
        UNKNOWN,
        PASSING,
        FAILING
    }

    private volatile Checked checked = Checked.UNKNOWN;
    private volatile int checksInRow;
    private volatile boolean unreachable;
    private volatile boolean ejected;
    private volatile int ejections;
    private volatile long ejectedUntilNanos;
    private volatile long clearSinceNanos;
    private volatile String reason = "";
    private volatile String lastCheck = "";

    public Checked checked() {
        return checked;
    }

    /**
     * A check has been made. The first result is believed, unless it is doubtful; after that it takes several in a row to
     * change the verdict.
     *
     * @param reason why it failed, empty where it passed
     * @param doubtful whether it may have failed for another reason than the endpoint's
     */
    public void onCheck(boolean passed, String reason, boolean doubtful, int healthyAfter, int unhealthyAfter) {
        lastCheck = reason;
        Checked said = passed ? Checked.PASSING : Checked.FAILING;
        if (checked == Checked.UNKNOWN && !doubtful) {
            checked = said;
        }
        if (checked == said) {
            checksInRow = 0;
            return;
        }
        int inRow = checksInRow + 1;
        if (inRow >= (passed ? healthyAfter : unhealthyAfter)) {
            checked = said;
            checksInRow = 0;
        } else {
            checksInRow = inRow;
        }
    }

    /** Checks are not made any more. */
    public void forgetChecks() {
        checked = Checked.UNKNOWN;
        checksInRow = 0;
        lastCheck = "";
    }

    /** Why the last check failed; empty where it passed or none was made. */
    public String lastCheck() {
        return lastCheck;
    }

    /** Whether it takes no connections, as far as is known. */
    public boolean unreachable() {
        return unreachable;
    }

    public void unreachable(boolean is) {
        unreachable = is;
    }

    public boolean ejected() {
        return ejected;
    }

    /** How often it has been ejected lately. */
    public int ejections() {
        return ejections;
    }

    public long ejectedUntilNanos() {
        return ejectedUntilNanos;
    }

    /** Why it was ejected, in a few words. */
    public String reason() {
        return reason;
    }

    /** Whether it could be used, if nothing else is ordered. */
    public Availability verdict() {
        if (unreachable) {
            return Availability.UNREACHABLE;
        } else if (checked == Checked.FAILING) {
            return Availability.UNHEALTHY;
        }
        return ejected ? Availability.EJECTED : Availability.AVAILABLE;
    }

    /** Counts an ejection that lasts until then, which may be at once. */
    public void eject(long untilNanos, String why) {
        ejections++;
        ejectedUntilNanos = untilNanos;
        ejected = true;
        reason = why;
    }

    /** Lets the ejection under way end then. */
    public void shortenEjection(long untilNanos) {
        ejectedUntilNanos = untilNanos;
    }

    /** Lets an ejection end that is over, and forgets one for each time that the endpoint has been good since. */
    public void endEjection(long forgetAfterNanos, long nowNanos) {
        if (ejected && nowNanos - ejectedUntilNanos >= 0) {
            ejected = false;
            clearSinceNanos = nowNanos;
        } else if (ejected || unreachable || checked == Checked.FAILING) {
            clearSinceNanos = nowNanos; // it is not good while it is out
        } else if (ejections > 0 && nowNanos - clearSinceNanos >= forgetAfterNanos) {
            ejections--;
            clearSinceNanos = nowNanos;
        }
    }
}
