package dev.upkeep.bench.tree;

import dev.upkeep.api.Supervisor;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** How long a list of all takes, and whether restarts notice it. */
final class Listing {
    private static final int LISTS = 50;
    private static final long LEAST_NANOS = 2_000_000_000L;
    private static final int PAUSE_MILLIS = 2;

    private Listing() {}

    /** What the floor lists. */
    private record Entry(int number, Thread.State state) {}

    static void measure(Row row) throws Exception {
        String children = Singles.number(row.children());
        Line median = row.line("list of " + children + ", p50", Unit.MILLIS, Target.atMost(20));
        Line tail = row.line("list of " + children + ", p99", Unit.MILLIS, Target.none());
        Line quiet = row.line("  crash to running, p99, no lists", Unit.MICROS, Target.none());
        Line listing = row.line("  crash to running, p99, lists", Unit.MICROS, Target.none());
        Line most = row.line("  crash to running, most, lists", Unit.MICROS, Target.none());
        Map<World.Kind, Pen> pens = new EnumMap<>(World.Kind.class);
        for (int round = 0; round < row.rounds(5); round++) {
            for (World.Kind kind : row.worlds()) {
                Pen pen = Singles.warm(row, pens, kind);
                Callable<Integer> list = lister(pen);
                time(row, list);
                Restarts alone = new Restarts(row, pen);
                Thread.sleep(1_000);
                double[] calm = alone.stop();
                long collecting = collectionMillis();
                Restarts beside = new Restarts(row, pen);
                double[] millis = time(row, list);
                double[] disturbed = beside.stop();
                median.add(kind, Line.percentile(millis, 50));
                tail.add(kind, Line.percentile(millis, 99));
                quiet.add(kind, Line.percentile(calm, 99));
                listing.add(kind, Line.percentile(disturbed, 99));
                most.add(kind, Line.percentile(disturbed, 100));
                row.note("%s round %d: %d restarts beside %d lists, collections held all up for %d ms in all",
                        kind,
                        round + 1, disturbed.length, millis.length, collectionMillis() - collecting);
            }
        }
    }

    private static Callable<Integer> lister(Pen pen) {
        if (pen.world instanceof UpkeepTree tree) {
            Supervisor supervisor = tree.supervisor();
            return () -> supervisor.status().walk().toList().size();
        }
        return () -> IntStream.range(0, pen.flock.size())
                .mapToObj(i -> new Entry(i, pen.flock.state(i)))
                .toList()
                .size();
    }

    private static double[] time(Row row, Callable<Integer> list) throws Exception {
        DoubleStream.Builder millis = DoubleStream.builder();
        long end = System.nanoTime() + LEAST_NANOS;
        for (int i = 0; i < LISTS || System.nanoTime() - end < 0; i++) {
            long began = System.nanoTime();
            int size = row.watchdog().within("a list", list);
            millis.add((System.nanoTime() - began) / 1e6);
            if (size < row.children()) {
                throw new IllegalStateException("only " + size + " of " + row.children() + " were listed");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return millis.build().sorted().toArray();
    }

    /** Returns how long collections have held everything up so far. */
    private static long collectionMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans()
                .stream()
                .filter(collector -> !collector.getName().contains("Concurrent"))
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    /** Crashes one child after the other, on a thread of its own, until stopped. */
    private static final class Restarts {
        private final LongStream.Builder nanos = LongStream.builder();
        private final Pen pen;
        private final Row row;
        private final Thread thread;
        private volatile boolean stopping;

        Restarts(Row row, Pen pen) {
            this.row = row;
            this.pen = pen;
            this.thread = Thread.ofPlatform().daemon().start(this::run);
        }

        private void run() {
            try {
                while (!stopping) {
                    nanos.add(pen.flock.crashOne().fromThrow());
                    Thread.sleep(PAUSE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Returns the sorted latencies in µs. */
        double[] stop() throws Exception {
            stopping = true;
            row.watchdog()
                    .within("one restart of " + row.children(),
                            () -> thread.join(Duration.ofHours(1)));
            return Singles.sortedMicros(nanos.build());
        }
    }
}
