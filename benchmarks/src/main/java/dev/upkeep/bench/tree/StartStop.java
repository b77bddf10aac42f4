package dev.upkeep.bench.tree;

/** A tree from nothing to all running, and back. */
final class StartStop {
    private static final int WARM = 3;

    private StartStop() {}

    static void measure(Row row) throws Exception {
        String children = Singles.number(row.children());
        Line start = row.line(children + " started", Unit.MILLIS, Target.atMost(300));
        Line stop = row.line(children + " stopped", Unit.MILLIS, Target.atMost(300));
        for (int round = -WARM; round < row.rounds(7); round++) {
            for (World.Kind kind : row.worlds()) {
                // The rubbish of the tree before is not this one's.
                System.gc();
                Pen pen = Pen.still(row, kind, row.children());
                double started = pen.start() / 1e6;
                if (round >= 0) {
                    start.add(kind, started);
                }
                double stopped = pen.stop() / 1e6;
                if (round >= 0) {
                    stop.add(kind, stopped);
                }
            }
        }
    }
}
