package dev.upkeep.bench.tree;

import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.Set;
import jdk.management.VirtualThreadSchedulerMXBean;

/** How many restarts a second: all children crash as soon as they run. */
final class Storm {
    private static final long WARM_NANOS = 1_000_000_000L;
    private static final long NANOS = 5_000_000_000L;

    private Storm() {}

    static void measure(Row row) throws Exception {
        Line line = row.line("restarts per second, " + Singles.number(row.children()) + " crashing",
                Unit.PER_SECOND, Target.atLeast(400_000));
        VirtualThreadSchedulerMXBean scheduler = ManagementFactory
                .getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        int carriers = scheduler.getParallelism();
        Set<World.Kind> warm = EnumSet.noneOf(World.Kind.class);
        for (int round = 0; round < row.rounds(3); round++) {
            for (World.Kind kind : row.worlds()) {
                // Closed each time: a tree that watches the carriers would add some during a floor's storm.
                Pen pen = Pen.started(row, kind, row.children(), false);
                if (warm.add(kind)) {
                    storm(row, pen);
                }
                line.add(kind, storm(row, pen));
                pen.stop();
                if (pen.world instanceof UpkeepTree tree) {
                    row.note("%s; carriers %d, raised to %d", tree.heard(), carriers,
                            scheduler.getParallelism());
                }
                scheduler.setParallelism(carriers);
            }
        }
    }

    private static double storm(Row row, Pen pen) throws Exception {
        return row.watchdog()
                .within("a storm and the calm after it", () -> pen.flock.storm(WARM_NANOS, NANOS));
    }
}
