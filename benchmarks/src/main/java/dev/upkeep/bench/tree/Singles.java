package dev.upkeep.bench.tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** From the throw of one child to the first line of its successor: with pauses, and one after the other. */
final class Singles {
    private static final int PAUSE_MILLIS = 2;
    private static final int CRASHES = 300;
    private static final int CHAIN = 10_000;
    /** Crashes between two looks at the clock: few, for when each takes long. */
    private static final int SLICE = 50;
    private static final long WARM_NANOS = 4_000_000_000L;
    private static final long ROUND_NANOS = 2_000_000_000L;

    private Singles() {}

    static void withPauses(Row row) throws Exception {
        String name = "pauses, 1 of " + number(row.children());
        Line median = row.line(name + ", p50", Unit.MICROS, Target.timesLoop(1.3));
        Line tail = row.line(name + ", p99", Unit.MICROS, Target.none());
        Line order = row.line(name + ", p50 from the order", Unit.MICROS, Target.none());
        Map<World.Kind, Pen> pens = new EnumMap<>(World.Kind.class);
        for (int round = 0; round < row.rounds(9); round++) {
            for (World.Kind kind : row.worlds()) {
                Pen pen = warm(row, pens, kind);
                // Once not counted: the warm-up was without pauses.
                if (round == 0) {
                    paused(row, pen, CRASHES / 5);
                }
                List<Flock.Away> away = paused(row, pen, CRASHES);
                double[] micros = sortedMicros(away.stream().mapToLong(Flock.Away::fromThrow));
                median.add(kind, Line.percentile(micros, 50));
                tail.add(kind, Line.percentile(micros, 99));
                order.add(kind, Line.percentile(
                        sortedMicros(away.stream().mapToLong(Flock.Away::fromOrder)), 50));
            }
        }
    }

    static void backToBack(Row row) throws Exception {
        Line median = row.line("back to back, 1 of " + number(row.children()) + ", p50", Unit.MICROS,
                Target.timesLoop(2));
        Map<World.Kind, Pen> pens = new EnumMap<>(World.Kind.class);
        for (int round = 0; round < row.rounds(15); round++) {
            for (World.Kind kind : row.worlds()) {
                Pen pen = warm(row, pens, kind);
                median.add(kind, Line.percentile(chain(row, pen, CHAIN, ROUND_NANOS), 50));
            }
        }
    }

    /** Returns the world, which is started and warm. */
    static Pen warm(Row row, Map<World.Kind, Pen> pens, World.Kind kind) throws Exception {
        Pen pen = pens.get(kind);
        if (pen == null) {
            pen = Pen.started(row, kind, row.children(), false);
            pens.put(kind, pen);
            chain(row, pen, 5 * CHAIN, WARM_NANOS);
        }
        return pen;
    }

    /** Crashes up to so many, with pauses. */
    private static List<Flock.Away> paused(Row row, Pen pen, int count) throws Exception {
        List<Flock.Away> away = new ArrayList<>(count);
        long end = System.nanoTime() + ROUND_NANOS;
        for (int i = 0; i < count && System.nanoTime() - end < 0; i++) {
            Thread.sleep(PAUSE_MILLIS);
            away.add(row.watchdog().within("one restart of " + row.children(), pen.flock::crashOne));
        }
        return away;
    }

    private static double[] chain(Row row, Pen pen, int count, long mostNanos) throws Exception {
        LongStream all = LongStream.empty();
        long end = System.nanoTime() + mostNanos;
        int slice = SLICE;
        for (int i = 0; i < count && System.nanoTime() - end < 0; i += slice) {
            int now = slice;
            long[] nanos = row.watchdog()
                    .within("restarts in turn of " + row.children(), () -> pen.flock.crashInTurn(now));
            all = LongStream.concat(all, Arrays.stream(nanos));
            slice = i > 10 * SLICE ? 2_000 : SLICE;
        }
        return sortedMicros(all);
    }

    static double[] sortedMicros(LongStream nanos) {
        return nanos.mapToDouble(n -> n / 1e3).sorted().toArray();
    }

    static String number(int children) {
        return Unit.PER_SECOND.bare(children);
    }
}
