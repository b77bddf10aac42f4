package dev.upkeep.bench.tree;

/** A flock in its world, started when first needed. */
final class Pen {
    final World.Kind kind;
    final Flock flock;
    final World world;
    private final Row row;

    private Pen(Row row, World.Kind kind, int children, boolean group) {
        this.row = row;
        this.kind = kind;
        this.flock = new Flock(children);
        this.world = kind.make(flock, group);
    }

    /** Makes a world and starts it. */
    static Pen started(Row row, World.Kind kind, int children, boolean group) throws Exception {
        Pen pen = new Pen(row, kind, children, group);
        pen.start();
        return pen;
    }

    static Pen still(Row row, World.Kind kind, int children) {
        return new Pen(row, kind, children, false);
    }

    /** Starts all; returns the nanoseconds until the start has returned and every child runs. */
    long start() throws Exception {
        return row.watchdog()
                .within("starting " + flock.size(), () -> {
                    flock.expect(flock.size());
                    long began = System.nanoTime();
                    world.start();
                    long returned = System.nanoTime();
                    return Math.max(returned, flock.awaitEntries()) - began;
                });
    }

    /** Stops all; returns the nanoseconds until all are gone. */
    long stop() throws Exception {
        return row.watchdog()
                .within("stopping " + flock.size(), () -> {
                    long began = System.nanoTime();
                    world.close();
                    return System.nanoTime() - began;
                });
    }
}
