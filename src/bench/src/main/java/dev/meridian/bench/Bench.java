package dev.meridian.bench;

import dev.meridian.bench.peer.BareProxy;
import dev.meridian.bench.peer.VanillaGateway;
import java.util.Arrays;

/**
 * {@code java -jar bench.jar vanilla …} and {@code … bare …} start a peer for the load script; anything else goes to JMH,
 * as in {@code java -jar bench.jar RequestHeaders -prof gc}.
 */
public final class Bench {

    private Bench() {}

    public static void main(String[] args) throws Exception {
        String first = args.length == 0 ? "" : args[0];
        String[] rest = args.length == 0 ? args : Arrays.copyOfRange(args, 1, args.length);
        switch (first) {
            case "vanilla" -> VanillaGateway.main(rest);
            case "bare" -> BareProxy.main(rest);
            default -> org.openjdk.jmh.Main.main(args);
        }
    }
}
