package dev.meridian.filters.ratelimit.quota;

/** Exact parts of whole numbers, also where a product is larger than a {@code long}. */
final class Proportion {

    private Proportion() {}

    /**
     * {@code a × b ÷ c}, down. All are below 2<sup>53</sup>, {@code c} is above 0, and so is the result below 2<sup>52</sup>.
     */
    static long floor(long a, long b, long c) {
        // At most 1 off; both products may run over, the small difference of them does not.
        long near = (long) ((double) a * b / c);
        long rest = a * b - near * c;
        return rest < 0 ? near - 1 : rest >= c ? near + 1 : near;
    }

    /** The same, up. */
    static long ceil(long a, long b, long c) {
        long floor = floor(a, b, c);
        return floor * c == a * b ? floor : floor + 1;
    }
}
