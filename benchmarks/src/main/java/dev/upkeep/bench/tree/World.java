package dev.upkeep.bench.tree;

/** Something that keeps the same children alive: a supervisor, or a floor. Made for one flock, started once. */
interface World extends AutoCloseable {
    /** Which one. */
    enum Kind {
        LOOP_FLOOR, DYING_FLOOR, UPKEEP;

        /** @param group whether all are to be restarted when one dies */
        World make(Flock flock, boolean group) {
            return switch (this) {
                case LOOP_FLOOR -> new LoopFloor(flock, group);
                case DYING_FLOOR -> new DyingFloor(flock, group);
                case UPKEEP -> new UpkeepTree(flock, group);
            };
        }
    }

    /** How a child waits until it is to stop. */
    interface Parking {
        /** @throws InterruptedException if it is to crash */
        void untilStop() throws InterruptedException;
    }

    /** Starts all children; says nothing of whether they run yet. */
    void start();

    /** Stops all children; they are gone when it returns. */
    @Override
    void close();
}
