package dev.upkeep.bench.tree;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;

/** Many at once: all that fail, and all that are restarted because one failed. */
final class Masses {
    private static final int GROUP_CRASHES = 50;
    private static final int WARM_MASSES = 2;
    private static final int WARM_CRASHES = 200;
    private static final long MOST_NANOS = 5_000_000_000L;

    private Masses() {}

    static void allFail(Row row) throws Exception {
        Line line = row.line(Singles.number(row.children()) + " fail at once, all back", Unit.MILLIS,
                Target.atMost(500));
        Map<World.Kind, Pen> pens = new EnumMap<>(World.Kind.class);
        for (int round = 0; round < row.rounds(7); round++) {
            for (World.Kind kind : row.worlds()) {
                int warm = pens.containsKey(kind) ? 0 : WARM_MASSES;
                Pen pen = pen(row, pens, kind, false);
                for (int i = 0; i < warm; i++) {
                    step(row, "all back", pen.flock::crashAll);
                }
                line.add(kind, step(row, "all back", pen.flock::crashAll) / 1e6);
            }
        }
    }

    static void oneForAll(Row row) throws Exception {
        Line line = row.line("one-for-all of " + Singles.number(row.children()), Unit.MILLIS,
                Target.atMost(5));
        Map<World.Kind, Pen> pens = new EnumMap<>(World.Kind.class);
        for (int round = 0; round < row.rounds(5); round++) {
            for (World.Kind kind : row.worlds()) {
                if (!pens.containsKey(kind)) {
                    groups(row, pen(row, pens, kind, true), WARM_CRASHES);
                }
                double[] nanos = groups(row, pen(row, pens, kind, true), GROUP_CRASHES);
                line.add(kind, Line.percentile(nanos, 50) / 1e6);
            }
        }
    }

    private static Pen pen(Row row, Map<World.Kind, Pen> pens, World.Kind kind, boolean group)
            throws Exception {
        Pen pen = pens.get(kind);
        if (pen == null) {
            pen = Pen.started(row, kind, row.children(), group);
            pens.put(kind, pen);
        }
        return pen;
    }

    private static double[] groups(Row row, Pen pen, int count) throws Exception {
        LongStream.Builder nanos = LongStream.builder();
        long end = System.nanoTime() + MOST_NANOS;
        for (int i = 0; i < count && System.nanoTime() - end < 0; i++) {
            nanos.add(step(row, "a group restart", pen.flock::crashGroup));
            // What is after the last first line is not over yet, and one crash during it is another story.
            Thread.sleep(2);
        }
        return Arrays.stream(nanos.build().toArray()).asDoubleStream().sorted().toArray();
    }

    private static long step(Row row, String what, Callable<Long> work) throws Exception {
        return row.watchdog().within(what, work);
    }
}
