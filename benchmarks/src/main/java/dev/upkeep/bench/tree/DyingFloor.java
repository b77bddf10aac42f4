package dev.upkeep.bench.tree;

import java.util.concurrent.atomic.AtomicInteger;

/** A floor where the dying thread starts its successor itself. */
final class DyingFloor extends Floor {
    /** How many of a group are still to die before all are started. */
    private final AtomicInteger toDie = new AtomicInteger();

    DyingFloor(Flock flock, boolean group) {
        super(flock, group);
    }

    @Override
    public void start() {
        startAll();
    }

    @Override
    void died(Bird bird) {
        if (!group) {
            bird.start();
            return;
        }
        // Only one member ever crashes by itself: whoever finds the count at zero is that one.
        if (toDie.compareAndSet(0, birds.length)) {
            stopAllBut(bird);
        }
        if (toDie.decrementAndGet() == 0) {
            startAll();
        }
    }
}
