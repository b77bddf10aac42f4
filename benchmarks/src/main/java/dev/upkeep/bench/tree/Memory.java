package dev.upkeep.bench.tree;

import java.util.Map;

/** What a parked child that has crashed once leaves on the heap. */
final class Memory {
    /** How many classes of a histogram are worth reading. */
    private static final int CLASSES = 40;
    private static final int WARM_FLOCK = 1_000;
    private static final int WARM_CRASHES = 500;
    private static final long WARM_NANOS = 5_000_000_000L;

    private Memory() {}

    static void measure(Row row) throws Exception {
        Line line = row.line("heap per child, parked, crashed once", Unit.BYTES, Target.atMost(1_600));
        for (int round = 0; round < row.rounds(2); round++) {
            for (World.Kind kind : row.worlds()) {
                // Everything is loaded before the first look, and compiled: a frame of the interpreter is parked at its full size.
                census(row, kind, WARM_FLOCK, WARM_CRASHES);
                Census without = census(row, kind, 0, 0);
                Census with = census(row, kind, row.children(), 1);
                line.add(kind, (double) (with.bytes() - without.bytes()) / row.children());
                if (row.histogram() && round == 0) {
                    row.note("%s: bytes per child (objects per child)", kind);
                    for (Map.Entry<String, Census.Share> entry : with.minus(without, CLASSES)) {
                        row.note("  %8.1f (%6.2f)  %s", (double) entry.getValue().bytes() / row.children(),
                                (double) entry.getValue().objects() / row.children(), entry.getKey());
                    }
                }
            }
        }
    }

    private static Census census(Row row, World.Kind kind, int children, int crashes)
            throws Exception {
        Pen pen = Pen.still(row, kind, children);
        if (children == 0) {
            pen.world.start();
        } else {
            pen.start();
            long end = System.nanoTime() + WARM_NANOS;
            for (int i = 0; i < crashes && (i == 0 || System.nanoTime() - end < 0); i++) {
                row.watchdog().within("all back", pen.flock::crashAll);
            }
        }
        // What the last one causes, and the listener, come to an end.
        Thread.sleep(1_000);
        System.gc();
        Census census = row.watchdog().within("counting the heap", Census::take);
        pen.stop();
        return census;
    }
}
