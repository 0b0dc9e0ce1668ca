package dev.meridian.routes.region;

/**
 * How traffic is spread over priorities: each tier takes what it can carry of what the tiers above have left. A tier
 * counts as able to carry all while more than five sevenths of it are healthy.
 */
final class PrioritySpill {

    /** By how much a tier is taken to be larger than it needs to be. */
    static final double OVERPROVISION = 1.4;

    private PrioritySpill() {}

    /** What a tier or region of which this part is healthy can carry, 0 to 1. */
    static double carries(double healthy) {
        return Math.min(1, OVERPROVISION * healthy);
    }

    /**
     * The tiers' loads.
     *
     * @param carries of each tier, the first one first, 0 to 1
     * @return loads that sum up to 1; all 0 where no tier carries anything
     */
    static double[] loads(double[] carries) {
        double[] loads = new double[carries.length];
        double left = 1;
        double total = 0;
        for (int i = 0; i < carries.length; i++) {
            loads[i] = Math.min(left, carries[i]);
            left -= loads[i];
            total += loads[i];
        }
        if (total > 0 && total < 1) {
            for (int i = 0; i < loads.length; i++) {
                loads[i] /= total;
            }
        }
        return loads;
    }
}
