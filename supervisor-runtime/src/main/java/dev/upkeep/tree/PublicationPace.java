package dev.upkeep.tree;

import java.time.Duration;

/**
 * How often those who help a loop publish what they decided: a few times in a while, and then no more until it is over. A
 * thousand children that stop one after the other, each helping with one event, would else publish a thousand snapshots.
 */
final class PublicationPace {
    static final long WHILE = Duration.ofMillis(2).toNanos();
    static final int MOST = 8;

    private long began;
    private int count;

    PublicationPace(long now) {
        began = now - WHILE;
    }

    /** Returns whether it may be published now, and counts it. */
    boolean allows(long now) {
        if (isOver(now)) {
            began = now;
            count = 0;
        }
        return ++count <= MOST;
    }

    boolean isOver(long now) {
        return now - began >= WHILE;
    }

    /** Returns when what was not published is to be. */
    long end() {
        return began + WHILE;
    }
}
