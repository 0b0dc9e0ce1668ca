package dev.meridian.routes.balance;

/**
 * An endpoint's report of its own load in a response header, as of Open Request Cost Aggregation (ORCA): {@code TEXT
 * cpu_utilization=0.3,mem_utilization=0.8} or {@code JSON {"cpu_utilization": 0.3, "named_metrics": {"gpu": 0.9}}}.
 */
public final class LoadReport {

    private LoadReport() {}

    /**
     * The utilisation that the report names.
     *
     * @param metric {@code cpu}, {@code memory}, or the name of another
     * @return {@link Double#NaN} where the report does not name it, or is not to be understood
     */
    public static double utilisation(String report, String metric) {
        String text = report.trim();
        if (text.regionMatches(true, 0, "JSON", 0, 4)) {
            return json(text.substring(4), metric);
        }
        if (text.regionMatches(true, 0, "TEXT", 0, 4)) {
            return text(text.substring(4), metric);
        }
        return Double.NaN;
    }

    private static double text(String body, String metric) {
        int from = 0;
        while (from < body.length()) {
            int comma = body.indexOf(',', from);
            int end = comma < 0 ? body.length() : comma;
            int equals = body.indexOf('=', from);
            if (equals > from
                    && equals < end
                    && isNamed(body.substring(from, equals).trim(), metric)) {
                return number(body.substring(equals + 1, end));
            }
            from = end + 1;
        }
        return Double.NaN;
    }

    /*
     * The form is flat but for two maps of numbers, so names are looked for wherever they stand: a whole parser on the
     * request path would find the same.
     */
    private static double json(String body, String metric) {
        int at = 0;
        while ((at = body.indexOf('"', at)) >= 0) {
            int close = body.indexOf('"', at + 1);
            if (close < 0) {
                return Double.NaN;
            }
            int colon = close + 1;
            while (colon < body.length() && Character.isWhitespace(body.charAt(colon))) {
                colon++;
            }
            boolean isName = colon < body.length() && body.charAt(colon) == ':';
            if (isName && isNamed(body.substring(at + 1, close), metric)) {
                int end = colon + 1;
                while (end < body.length() && ",}]".indexOf(body.charAt(end)) < 0) {
                    end++;
                }
                return number(body.substring(colon + 1, end));
            }
            at = close + 1;
        }
        return Double.NaN;
    }

    private static boolean isNamed(String name, String metric) {
        String bare = name.startsWith("named_metrics.") || name.startsWith("utilization.")
                ? name.substring(name.indexOf('.') + 1)
                : name;
        return switch (metric) {
            case "cpu" -> bare.equals("cpu_utilization") || bare.equals("cpuUtilization") || bare.equals("cpu");
            case "memory" -> bare.equals("mem_utilization") || bare.equals("memUtilization") || bare.equals("mem");
            default -> bare.equals(metric);
        };
    }

    /** Of what is a number and not negative; anything else would poison every comparison. */
    private static double number(String text) {
        try {
            double value = Double.parseDouble(text.trim());
            return value >= 0 && value < Double.POSITIVE_INFINITY ? value : Double.NaN;
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
