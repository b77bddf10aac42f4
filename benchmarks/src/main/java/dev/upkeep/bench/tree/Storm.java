package dev.upkeep.bench.tree;

import java.util.EnumMap;
import java.util.Map;

/** How many restarts a second: all children crash as soon as they run. */
final class Storm {
    private static final long WARM_NANOS = 1_000_000_000L;
    private static final long NANOS = 5_000_000_000L;

    private Storm() {}

    static void measure(Row row) throws Exception {
        Line line = row.line("restarts per second, " + Singles.number(row.children()) + " crashing",
                Unit.PER_SECOND, Target.atLeast(400_000));
        Map<World.Kind, Pen> pens = new EnumMap<>(World.Kind.class);
        for (int round = 0; round < row.rounds(3); round++) {
            for (World.Kind kind : row.worlds()) {
                Pen pen = pens.get(kind);
                if (pen == null) {
                    pen = Pen.started(row, kind, row.children(), false);
                    pens.put(kind, pen);
                    storm(row, pen);
                }
                line.add(kind, storm(row, pen));
                if (pen.world instanceof UpkeepTree tree && round == 0) {
                    row.note("%s", tree.heard());
                }
            }
        }
    }

    private static double storm(Row row, Pen pen) throws Exception {
        return row.watchdog()
                .within("a storm and the calm after it", () -> pen.flock.storm(WARM_NANOS, NANOS));
    }
}
